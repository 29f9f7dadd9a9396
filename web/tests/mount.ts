// Runs a composable inside a component of its own.
import { createApp } from 'vue'

export interface Mounted<T> {
  result: T
  unmount(): void
}

export function mount<T>(setup: () => T): Mounted<T> {
  let result: T | undefined
  const app = createApp({
    setup() {
      result = setup()
      return () => null
    },
  })
  app.mount(document.createElement('div'))
  return { result: result as T, unmount: () => app.unmount() }
}
