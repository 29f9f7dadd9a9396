// Texts of the sign-in, in English; key for key those of ../zh.
import type zh from '../zh/sign-in'

const en: typeof zh = {
  signIn: {
    title: 'Sign in',
    heading: 'Sign in to Airclass',
    lead: 'Use the number and password your branch gave you.',
    number: 'Member number',
    password: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    submit: 'Sign in',
    working: 'Signing in…',
    numberMissing: 'Please enter your member number.',
    passwordMissing: 'Please enter your password.',
    refused:
      'The number or the password is wrong. Check both and try again; if you forgot the password, ask your branch.',
    tooMany: 'Too many attempts. Please try again in {wait}.',
    signedOut: 'You are signed out. Sign in again and you will return to the page you were on.',
  },
}
export default en
