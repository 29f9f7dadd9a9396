// Answers to "are you there?". The time between showing and pressing is measured here: it
// counts by the page's own clock, however late it reaches the server. An answer is sent
// again, over the next socket too, until the server has closed the prompt.

/** Nobody needs more; what is older was closed long ago. */
const MOST = 8

export class PromptAnswers {
  private readonly shownAt = new Map<number, number>()
  private readonly pressedAfter = new Map<number, number>()

  /** @now: a clock that only goes on, ms */
  constructor(private readonly now: () => number) {}

  /** Shown again, after a lost line, its time runs from the first time. */
  shown(id: number): object {
    if (!this.shownAt.has(id)) this.shownAt.set(id, this.now())
    for (const old of [...this.shownAt.keys()].slice(0, -MOST)) this.closed(old)
    return { type: 'prompt-shown', id }
  }

  /** The first press counts. */
  pressed(id: number): void {
    const shownAt = this.shownAt.get(id)
    if (shownAt === undefined || this.pressedAfter.has(id)) return
    this.pressedAfter.set(id, Math.max(0, Math.round(this.now() - shownAt)))
  }

  isShown(id: number): boolean {
    return this.shownAt.has(id)
  }

  isPressed(id: number): boolean {
    return this.pressedAfter.has(id)
  }

  closed(id: number): void {
    this.shownAt.delete(id)
    this.pressedAfter.delete(id)
  }

  /** What is to be sent until it is closed. */
  messages(): object[] {
    return [...this.pressedAfter].map(([id, after_ms]) => ({ type: 'prompt-answer', id, after_ms }))
  }
}
