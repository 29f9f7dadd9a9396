// Paths of the icons; `solid` ones are filled.
interface Icon {
  path: string
  solid?: boolean
}

export const ICONS = {
  screen: { path: 'M3 5h18v11H3zM9 20h6M12 16v4' },
  back: { path: 'M15 5l-7 7 7 7' },
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
  person: { path: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5a7.5 7.5 0 0 1 15 0' },
  gear: { path: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M18.4 5.6l-2.1 2.1M7.7 16.3l-2.1 2.1' },
} as const satisfies Record<string, Icon>

export type IconName = keyof typeof ICONS

export function isSolid(name: IconName): boolean {
  const icon: Icon = ICONS[name]
  return icon.solid === true
}
