// Texts of checking a transcript, in English; key for key those of ../zh.
import type zh from '../zh/verify'

const en: typeof zh = {
  verify: {
    title: 'Check a transcript',
    heading: 'Check a transcript',
    code: 'Code on the transcript',
    codeHint: 'At the foot of the paper, digits and letters; hyphens and capitals do not matter.',
    codeMissing: 'Enter the code of the transcript: digits, letters and hyphens only.',
    submit: 'Check',
    asking: 'Checking…',
    tooMany: 'That was too fast. Please wait {wait} and try again.',
    unknown: 'There is no such transcript. Check the code for letters and digits that look alike; if it is still not found, this site did not make it.',
    genuine: 'The transcript is genuine',
    genuineText: 'This site made it, and its credit records still say the same.',
    changed: 'This site made it, but the credit was corrected later',
    changedText: 'The hours are different now. Ask the member for a new transcript.',
    asMade: 'What it said when it was made',
    name: 'Name (partly hidden)',
    period: 'Period',
    fromTo: '{from} to {to}',
    lessons: 'Lessons attended',
    group: 'Group study',
    self: 'Self study',
    hours: '{n} credit {n|hour|hours}',
    made: 'Made',
    note: 'Compare each line with the paper: if one differs, the paper was altered.',
    evidence: 'For administrators',
    entries: 'This site had {n} credit {n|record|records} then (the paper calls them the ledger). With the characters below an administrator can check that none of them was altered since.',
    noEntries: 'This site had no credit records yet when it was made.',
  },
}
export default en
