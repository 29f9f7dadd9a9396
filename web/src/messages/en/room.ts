// Texts of signing in at a room, in English; key for key those of ../zh.
import type zh from '../zh/room'

const en: typeof zh = {
  roomEntry: {
    title: 'Room sign-in',
    loading: 'Opening the sign-in…',
    inside: 'Signed in since {time}',
    insideText: 'Your time counts by itself while you are in the room; you may put the phone away. If you leave early, choose “Leave the room”.',
    left: 'You left the room at {time}. If you come back, sign in again.',
    kept: 'The lesson has ended. Your time in the room since {time} is kept.',
    home: 'Go to all lessons',
    leave: 'Leave the room',
    leaveTitle: 'Leave the room?',
    leaveText: 'Time after that does not count. At the end of the lesson you need not do this: it signs you out by itself.',
    stay: 'Stay',
    digits: 'The six digits on the screen',
    digitsHint: 'They change every half minute: enter those that are shown now.',
    digitsMissing: 'Enter the six digits that the screen shows now.',
    submit: 'Sign in at the room',
    working: 'Signing in…',
    wrongDigits: 'These are not the digits, or they have changed. Enter those that the screen shows now.',
    tooMany: 'Too many attempts. Wait {wait}, or ask the steward to sign you in.',
    early: 'It is too early to sign in. The screen shows a QR code once the room is open.',
    over: 'The lesson has ended or was cancelled. If that is wrong, ask the steward.',
    refused: 'Signing in is not possible now. Ask the steward to sign you in.',
    notForYou: 'This lesson is not meant for you. Ask the steward to check.',
    missing: 'There is no such room or lesson. Scan the code on the screen again.',
  },
}
export default en
