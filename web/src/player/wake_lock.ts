// Keeps the screen on while a lesson plays. The browser lets go of the lock whenever the
// page is hidden, so it is asked for again when the page is shown.

export class WakeLock {
  private wanted = false
  private held: WakeLockSentinel | null = null

  constructor() {
    document.addEventListener('visibilitychange', this.shown)
  }

  want(wanted: boolean): void {
    if (wanted === this.wanted) return
    this.wanted = wanted
    if (wanted) void this.take()
    else this.letGo()
  }

  destroy(): void {
    document.removeEventListener('visibilitychange', this.shown)
    this.wanted = false
    this.letGo()
  }

  private readonly shown = (): void => {
    if (this.wanted && document.visibilityState === 'visible') void this.take()
  }

  private async take(): Promise<void> {
    if (!('wakeLock' in navigator) || (this.held !== null && !this.held.released)) return
    try {
      const held = await navigator.wakeLock.request('screen')
      if (this.wanted) this.held = held
      else void held.release()
    } catch {
      // Battery saver, or no secure context: the lesson plays all the same.
    }
  }

  private letGo(): void {
    void this.held?.release()
    this.held = null
  }
}
