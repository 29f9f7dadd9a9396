// Paths of the icons; `solid` ones are filled.
interface Icon {
  path: string
  solid?: boolean
}

export const ICONS = {
  screen: { path: 'M3 5h18v11H3zM9 20h6M12 16v4' },
  back: { path: 'M15 5l-7 7 7 7' },
  onward: { path: 'M9 5l7 7-7 7' },
  play: { path: 'M7 4.5v15l12-7.5z', solid: true },
  pause: { path: 'M7 5h3v14H7zM14 5h3v14h-3z', solid: true },
  again: { path: 'M4 5v5h5M4.6 10a8 8 0 1 1-.4 4' },
  ears: { path: 'M4 14v-2a8 8 0 0 1 16 0v2M4 14h3v6H5a1 1 0 0 1-1-1zM20 14h-3v6h2a1 1 0 0 0 1-1z' },
  sound: { path: 'M4 9v6h4l5 4V5L8 9zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11' },
  silent: { path: 'M4 9v6h4l5 4V5L8 9zM17 9.5l4 5M21 9.5l-4 5' },
  grow: { path: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5' },
  shrink: { path: 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5' },
  eye: { path: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z' },
  close: { path: 'M6 6l12 12M18 6L6 18' },
  check: { path: 'M5 12.5l4.5 4.5L19 7.5' },
  alert: { path: 'M12 4L2.8 19.5h18.4zM12 10v4.5M12 17.2v.1' },
  clock: { path: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2' },
  chat: { path: 'M4 5h16v11H10l-5 4v-4H4z' },
  question: { path: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.5 9.8a2.5 2.5 0 1 1 3.7 2.2c-.8.4-1.2.9-1.2 1.6M12 16.6v.1' },
  choices: { path: 'M4 7l2 2 3.5-4M4 16l2 2 3.5-4M13 7h7M13 16h7' },
  paper: { path: 'M6 3h8l4 4v14H6zM14 3v4h4M9.5 12h5M9.5 16h5' },
  person: { path: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5a7.5 7.5 0 0 1 15 0' },
  gear: { path: 'M9.7 5.2L10.1 2.2L13.9 2.2L14.3 5.2L16.7 6.6L19.5 5.4L21.5 8.7L19.1 10.6L19.1 13.4L21.5 15.3L19.5 18.6L16.7 17.4L14.3 18.8L13.9 21.8L10.1 21.8L9.7 18.8L7.3 17.4L4.5 18.6L2.5 15.3L4.9 13.4L4.9 10.6L2.5 8.7L4.5 5.4L7.3 6.6zM12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6z' },
} as const satisfies Record<string, Icon>

export type IconName = keyof typeof ICONS

export function isSolid(name: IconName): boolean {
  const icon: Icon = ICONS[name]
  return icon.solid === true
}
