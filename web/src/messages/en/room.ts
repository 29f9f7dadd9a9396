// Texts of checking in at a room, in English; key for key those of ../zh.
import type zh from '../zh/room'

const en: typeof zh = {
  roomEntry: {
    title: 'Room check-in',
    loading: 'Opening the check-in…',
    inside: 'Checked in since {time}',
    insideText: 'Your time in the room is counted automatically; you can put the phone away. If you leave early, choose “Leave the room”.',
    left: 'You left the room at {time}. If you come back, check in again.',
    kept: 'The lesson has ended. Your time in the room is saved from {time} on.',
    home: 'Go to the home page',
    toLesson: 'Go to the lesson to answer',
    leave: 'Leave the room',
    leaveTitle: 'Leave the room?',
    leaveText: 'Time after you leave does not count. You need not do this at the end of the lesson: you are checked out automatically.',
    stay: 'Stay',
    digits: 'The six digits on the screen',
    digitsHint: 'They change every half minute: enter those that are shown now.',
    digitsMissing: 'Enter the six digits that the screen shows now.',
    submit: 'Check in',
    working: 'Checking in…',
    wrongDigits: 'Those digits are wrong, or they have changed. Enter the six digits that the screen shows now.',
    tooMany: 'Too many attempts. Wait {wait}, or ask the steward to check you in.',
    early: 'It is too early to check in',
    startsAt: 'Starts {date}',
    earlyText: 'You can check in from two hours before the lesson: scan the QR code on the screen then.',
    over: 'The lesson has ended or was cancelled; nobody can check in any more. If you have questions, ask the steward.',
    refused: 'You cannot check in now. Ask the steward to check you in.',
    notForYou: 'This lesson is not meant for you',
    notForYouText: 'If that seems wrong, ask the steward to check.',
    missing: 'This room was not found',
    missingText: 'Scan the code on the screen again.',
  },
}
export default en
