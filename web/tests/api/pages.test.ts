import { expect, it } from 'vitest'
import { Pages, type Page } from '@/api/pages'

/** Pages of two numbers each, up to `last`. */
function numbers(last: number, asked: (number | undefined)[] = []) {
  return new Pages<number>((cursor = 0) => {
    asked.push(cursor)
    const rows = [cursor + 1, cursor + 2].filter((n) => n <= last)
    return Promise.resolve({ rows, next: cursor + 2 < last ? cursor + 2 : null })
  })
}

it('goes on with the cursor of the page before, to the end', async () => {
  const asked: (number | undefined)[] = []
  const pages = numbers(5, asked)
  for (let i = 0; i < 5; i++) await pages.more()
  expect(pages.rows).toEqual([1, 2, 3, 4, 5])
  expect(pages.complete).toBe(true)
  expect(asked).toEqual([0, 2, 4])
})

it('goes on where nothing was found to where something is', async () => {
  const pages = new Pages<string>((cursor = 3) =>
    Promise.resolve(cursor > 0 ? { rows: [], next: cursor - 1 } : { rows: ['found'], next: null }))
  await pages.more()
  expect(pages.rows).toEqual(['found'])
  expect(pages.complete).toBe(true)
})

it('fetches one page, however many ask for it at once', async () => {
  const pages = numbers(9)
  await Promise.all([pages.more(), pages.more()])
  expect(pages.rows).toEqual([1, 2])
})

it('may be asked again after a failure, and has lost nothing', async () => {
  let broken = false
  const pages = new Pages<number>((cursor = 0) =>
    broken ? Promise.reject(new Error('no line')) : Promise.resolve({ rows: [cursor], next: cursor + 1 }),
  )
  await pages.more()
  broken = true
  await expect(pages.more()).rejects.toThrow('no line')
  broken = false
  await pages.more()
  expect(pages.rows).toEqual([0, 1])
})

it('takes no answer to a list that was given up', async () => {
  const answers: ((page: Page<string>) => void)[] = []
  const pages = new Pages<string>(() => new Promise((resolve) => answers.push(resolve)))
  const first = pages.more()
  const second = pages.restart()
  answers[1]?.({ rows: ['new'], next: null })
  answers[0]?.({ rows: ['old'], next: 7 })
  await Promise.all([first, second])
  expect(pages.rows).toEqual(['new'])
  expect(pages.complete).toBe(true)
})
