// Texts of the sign-in, in English; key for key those of ../zh.
import type zh from '../zh/sign-in'

const en: typeof zh = {
  signIn: {
    title: 'Sign in',
    heading: 'Sign in to Airclass',
    way: 'Way to sign in',
    byPassword: 'Password',
    byCode: 'Code by text message',
    number: 'Number or phone',
    numberHint: 'Your branch gave you the number.',
    password: 'Password',
    submit: 'Sign in',
    working: 'Signing in…',
    numberMissing: 'Enter your number.',
    passwordMissing: 'Enter your password.',
    refused: 'Number or password is wrong. Check both and try again; if you forgot the password, ask your branch.',
    tooMany: 'Too many attempts. Please wait {wait} and try again.',
    signedOut: 'You were signed out. Sign in again and you will return to the page you were on.',
    passwordChanged: 'The password is changed. Sign in with the new one.',
    forRoom: 'Once you sign in here you are signed in at the room too.',
    code: 'Code of six digits',
    codeMissing: 'Enter the six digits of the message.',
    codeRefused: 'The code is not right. Check the newest message, or have another one sent.',
    codeExpired: 'The code has expired. Have another one sent.',
    send: 'Send me a code',
    sendAgain: 'Send another code',
    sendAgainIn: 'Another code can be sent in {wait}',
    sent: 'If a phone belongs to the number, the message is on its way; it is good for five minutes. If none comes, use your password or ask your branch.',
    noCodes: 'This site sends no codes. Sign in with your password.',
    scan: 'In a hall: scan the QR code on the screen with your phone; once signed in here, you are signed in at the room.',
  },
}
export default en
