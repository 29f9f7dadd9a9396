// Texts of the shell and what all pages share, in English; key for key those of ../zh.
import type zh from '../zh/common'

const en: typeof zh = {
  app: {
    name: 'Airclass',
    skip: 'Skip to content',
    allLessons: 'All lessons',
    signIn: 'Sign in',
    pages: 'Other pages',
    signOut: 'Sign out',
    signOutUnsent:
      '{n} sign-ins on this phone were not sent yet. If you sign out now they stay on it until you sign in again and open the room sign-in; nobody else sees or sends them. Better go online first.',
    staySignedIn: 'Stay signed in',
    signOutSure: 'Sign out all the same',
    signedInAs: 'Signed in: {name}',
    language: '中文',
    languageHint: '切换为中文',
    retry: 'Try again',
    closeDialog: 'Close',
    close: 'Close this notice',
    showPassword: 'Show the password',
    hidePassword: 'Hide the password',
  },
  missing: {
    heading: 'No such page',
    text: 'The address may be mistyped, or the page has moved.',
    home: 'Go to all lessons',
  },
  failure: {
    offline: 'There is no connection. Check your signal or cable and try again.',
    server: 'The server is not answering. Please wait a moment and try again.',
    busy: 'The server is busy. Please wait a moment and try again.',
    refused: 'The server did not accept that. Reload the page and try again.',
    unknown: 'Something went wrong: {detail}',
  },
  unit: {
    hours: '{n} h',
    minutes: '{n} min',
    seconds: '{n} s',
    lessThanMinute: 'Under 1 min',
  },
  nav: {
    member: 'Learning',
    steward: 'My room',
    studio: 'Studio',
    console: 'Console',
    account: 'My account',
  },
  settings: {
    heading: 'Settings',
    largeType: 'Large type',
    largeTypeHint: 'Larger letters, larger buttons.',
    size: 'Size of letters',
    sizeValue: '{size} pt',
    dataSaver: 'Save data',
    dataSaverHint: 'The picture keeps to a lower quality and uses less data.',
  },
  trouble: {
    offline: 'There is no connection',
    offlineText: 'Check the signal, the Wi-Fi or the cable; once connected, choose “Try again”.',
    back: 'The connection is back',
    forbidden: 'This page is not open to you',
    forbiddenText: 'If you need it for your work, ask an administrator to give you access.',
    signedOut: 'You were signed out elsewhere',
    signedOutText: 'Sign in again and you will return to this page.',
    server: 'The server is not answering',
    serverText: 'Please wait a moment and try again. If it goes on, tell your administrator.',
  },
  table: {
    loading: 'Loading…',
    more: 'Load more',
    all: 'All {n} rows are shown',
    some: '{n} rows are shown',
    empty: 'Nothing matches.',
  },
}
export default en
