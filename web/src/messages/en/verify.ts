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
    genuineText: 'This site made it, and the ledger still says the same.',
    changed: 'This site made it, but the ledger was corrected since',
    changedText: 'The hours are different now. Ask the member for a new transcript.',
    name: 'Name (partly hidden)',
    period: 'Period',
    fromTo: '{from} to {to}',
    lessons: 'Lessons attended',
    group: 'Group study',
    self: 'Self study',
    hours: '{n} credit hours',
    made: 'Made',
    note: 'Compare each line with the paper: if one differs, the paper was altered.',
    evidence: 'Evidence in the ledger',
    entries: 'The ledger had {n} entries then; the last one has the checksum:',
  },
}
export default en
