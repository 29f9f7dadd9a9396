// Texts of the member's pages, in English; key for key those of ../zh.
import type zh from '../zh/member'

const en: typeof zh = {
  lessons: {
    title: 'Lessons',
    heading: 'Lessons',
    liveBadge: 'Live',
    live: 'Live now',
    planned: 'Coming up',
    recorded: 'Recordings',
    enter: 'Enter class',
    wait: 'Wait in the classroom',
    replay: 'Watch',
    plannedNote: 'Not started yet',
    cancelled: 'Cancelled',
    plannedAt: 'Starts {date}',
    startedAt: 'Started {time}',
    running: '{length} so far',
    heldOn: '{date}',
    length: '{length} long',
    accepted: '{minutes} credited',
    acceptedNone: 'No minutes credited yet',
    noLive: 'No lesson is live now. It will appear here when one starts; no need to reload.',
    empty: 'There are no lessons yet. They will appear here once your branch plans one.',
    more: 'More lessons',
    loading: 'Loading…',
    stale: 'The server cannot be reached just now; this is what was here before.',
  },
}
export default en
