// @vitest-environment jsdom
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick, ref } from 'vue'
import { Refusal, type Doing } from '@/classroom/doings'
import { EMPTY_HALL, type Hall } from '@/classroom/hall'
import { loadCatalogue, setLanguage } from '@/messages'
import ChatPanel from '@/pages/lesson/ChatPanel.vue'
import PollCard from '@/pages/lesson/PollCard.vue'
import PromptDialog from '@/pages/lesson/PromptDialog.vue'
import QuestionsPanel from '@/pages/lesson/QuestionsPanel.vue'
import TabBar from '@/pages/lesson/TabBar.vue'
import WaitingRoom from '@/pages/lesson/WaitingRoom.vue'
import { useFullscreen } from '@/pages/lesson/fullscreen'
import { show, type Shown } from '../component'
import { mount } from '../mount'
import { sampleLesson } from '../samples'

let shown: Shown
let done: Doing[]
let refusal: Refusal | null
const act = async (doing: Doing): Promise<number | null> => {
  if (refusal !== null) throw refusal
  done.push(doing)
  return 7
}

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('lesson')
})
beforeEach(() => {
  done = []
  refusal = null
})
afterEach(() => {
  shown.remove()
  vi.useRealTimers()
})

const hall = (fields: Partial<Hall>): Hall => ({ ...EMPTY_HALL, ...fields })

async function write(selector: string, text: string): Promise<void> {
  const field = shown.find<HTMLInputElement>(selector)
  field.value = text
  field.dispatchEvent(new Event('input'))
  field.closest('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
  await nextTick()
  await vi.waitFor(() => expect(shown.findAll('[aria-busy=true]')).toHaveLength(0))
}

describe('the chat', () => {
  it('sends one line, tidied, and empties the field', async () => {
    shown = show(ChatPanel, { hall: hall({}), act, over: false })
    await write('[data-test=chat-text]', '  good \t morning ')
    expect(done).toEqual([{ type: 'chat', text: 'good morning' }])
    expect(shown.find<HTMLInputElement>('[data-test=chat-text]').value).toBe('')
  })

  it('sends nothing that is empty', async () => {
    shown = show(ChatPanel, { hall: hall({}), act, over: false })
    await write('[data-test=chat-text]', '   ')
    expect(done).toEqual([])
  })

  it('says how long to wait when it was too fast, and keeps the words', async () => {
    refusal = new Refusal('too-fast', null, 2_400)
    shown = show(ChatPanel, { hall: hall({}), act, over: false })
    await write('[data-test=chat-text]', 'again')
    expect(shown.find('[role=alert]').textContent).toContain('3 seconds')
    expect(shown.find<HTMLInputElement>('[data-test=chat-text]').value).toBe('again')
  })

  it.each([
    [{ over: true }, {}, 'over'],
    [{}, { chat: { open: false, slow_s: 0 } }, 'closed'],
    [{}, { yours: { ...EMPTY_HALL.yours, muted: true } }, 'paused'],
  ])('has no field when nothing can be said: %j %j', (props, fields, word) => {
    shown = show(ChatPanel, { hall: hall(fields), act, over: false, ...props })
    expect(shown.findAll('form')).toHaveLength(0)
    expect(shown.root.textContent).toContain(word)
  })

  it('has the newest line on top', () => {
    const line = (seq: number, text: string) => ({ seq, kind: 'chat', wall_ms: 0, media_ms: 0, name: 'A', text })
    shown = show(ChatPanel, { hall: hall({ lines: [line(1, 'first'), line(2, 'second')] }), act, over: false })
    expect(shown.findAll('.words').map((one) => one.textContent)).toEqual(['second', 'first'])
  })
})

describe('questions', () => {
  const question = (seq: number, votes: number, state: 'asked' | 'taken' | 'answered' = 'asked') =>
    ({ seq, text: `q${seq}`, state, votes })

  it('come with what is answered now, then by votes, then what is answered', () => {
    const questions = [question(1, 0), question(2, 5), question(3, 9, 'answered'), question(4, 0, 'taken')]
    shown = show(QuestionsPanel, { hall: hall({ questions }), act, over: false, live: true })
    expect(shown.findAll('.words').map((one) => one.textContent)).toEqual(['q4', 'q2', 'q1', 'q3'])
    expect(shown.findAll('[data-test=vote]')).toHaveLength(2)
  })

  it('are voted for, and the vote is taken back', async () => {
    shown = show(QuestionsPanel, { hall: hall({ questions: [question(2, 5)] }), act, over: false, live: true })
    shown.find('[data-test=vote]').click()
    await nextTick()
    shown.props['hall'] = hall({ questions: [question(2, 6)], yours: { ...EMPTY_HALL.yours, votes: [2] } })
    await nextTick()
    expect(shown.find('[data-test=vote]').getAttribute('aria-pressed')).toBe('true')
    shown.find('[data-test=vote]').click()
    expect(done).toEqual([
      { type: 'question-vote', question: 2, vote: true },
      { type: 'question-vote', question: 2, vote: false },
    ])
  })

  it('one cannot vote for one’s own', () => {
    const yours = { ...EMPTY_HALL.yours, questions: [2] }
    shown = show(QuestionsPanel, { hall: hall({ questions: [question(2, 5)], yours }), act, over: false, live: true })
    expect(shown.find<HTMLButtonElement>('[data-test=vote]').disabled).toBe(true)
  })

  it('a hand is raised, called and lowered, in a live lesson only', async () => {
    shown = show(QuestionsPanel, { hall: hall({}), act, over: false, live: true })
    shown.find('[data-test=hand]').click()
    await nextTick()
    const yours = { ...EMPTY_HALL.yours, hands: [7] }
    shown.props['hall'] = hall({ yours, hands: [{ seq: 7, state: 'called' }] })
    await nextTick()
    expect(shown.find('[data-test=hand-state]').textContent).toContain('called')
    shown.find('[data-test=hand]').click()
    expect(done).toEqual([{ type: 'hand', raised: true }, { type: 'hand', raised: false }])
    shown.props['live'] = false
    await nextTick()
    expect(shown.findAll('[data-test=hand]')).toHaveLength(0)
  })
})

describe('a poll', () => {
  const poll = { seq: 4, text: 'Which?', options: ['a', 'b', 'c'], multiple: false, quiz: false, shown: false, closed: false }

  it('is answered with one choice, which may be changed', async () => {
    shown = show(PollCard, { poll, answer: null, act, mayAnswer: true })
    expect(shown.find<HTMLButtonElement>('[data-test=poll-send]').disabled).toBe(true)
    shown.findAll<HTMLInputElement>('[data-test=option]')[1]!.click()
    await nextTick()
    shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
    await vi.waitFor(() => expect(done).toEqual([{ type: 'poll-answer', poll: 4, choices: [1] }]))
    shown.props['answer'] = { poll: 4, choices: [1] }
    await nextTick()
    expect(shown.find('[data-test=poll-send]').textContent).toContain('Change')
  })

  it('takes several choices, in order, where it says so', async () => {
    shown = show(PollCard, { poll: { ...poll, multiple: true }, answer: null, act, mayAnswer: true })
    const options = shown.findAll<HTMLInputElement>('[data-test=option]')
    options[2]!.click()
    await nextTick()
    options[0]!.click()
    await nextTick()
    shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
    await vi.waitFor(() => expect(done).toEqual([{ type: 'poll-answer', poll: 4, choices: [0, 2] }]))
  })

  it('tells what came of a quiz in words, not in colours alone', () => {
    const closed = { ...poll, quiz: true, closed: true, shown: true, counts: [3, 1, 0], answers: 4, correct: [0] }
    shown = show(PollCard, { poll: closed, answer: { poll: 4, choices: [1], right: false }, act, mayAnswer: true })
    const [first, second] = shown.findAll('.option').map((one) => one.textContent)
    expect(first).toContain('Right answer')
    expect(first).toContain('3 people, 75%')
    expect(second).toContain('Your choice')
    expect(shown.root.textContent).toContain('was not right')
  })

  it('keeps its counts to itself until they are shown', () => {
    shown = show(PollCard, { poll: { ...poll, counts: [1, 2, 3], answers: 6 }, answer: null, act, mayAnswer: true })
    expect(shown.root.textContent).not.toContain('people')
  })
})

describe('"are you there?"', () => {
  const prompt = (id: number) => ({ type: 'prompt', id, limit_ms: 180_000, left_ms: 180_000 })
  let told: string[]
  const ask = (first: unknown): Shown =>
    show(PromptDialog, {
      prompt: first,
      listening: false,
      onShown: (id: number) => told.push(`shown ${id}`),
      onAnswer: (id: number) => told.push(`answer ${id}`),
    })
  beforeEach(() => (told = []))
  const opened = () => vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(true))

  it('is told as shown when it is, and answered by one press', async () => {
    shown = ask(null)
    expect(shown.find('dialog').hasAttribute('open')).toBe(false)
    shown.props['prompt'] = prompt(5)
    await opened()
    expect(told).toEqual(['shown 5'])
    shown.find('[data-test=here]').click()
    await nextTick()
    expect(told.at(-1)).toBe('answer 5')
    expect(shown.find<HTMLButtonElement>('[data-test=here]').disabled).toBe(true)
    shown.props['prompt'] = null
    await vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(false))
  })

  it('is not told as shown on a hidden page before it is seen, or heard', async () => {
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    shown = ask(prompt(6))
    await opened()
    expect(told).toEqual([])
    shown.props['listening'] = true
    await nextTick()
    expect(told).toEqual(['shown 6'])
    hidden.mockRestore()
  })

  it('may sound once the member has tapped', async () => {
    const context = { state: 'suspended', resume: vi.fn(() => Promise.resolve()) }
    vi.stubGlobal('AudioContext', function () {
      return context
    })
    shown = ask(null)
    expect(context.resume).not.toHaveBeenCalled()
    document.body.dispatchEvent(new Event('touchend', { bubbles: true }))
    expect(context.resume).toHaveBeenCalledOnce()
    context.state = 'running'
    document.body.dispatchEvent(new Event('touchend', { bubbles: true }))
    expect(context.resume).toHaveBeenCalledOnce()
    vi.unstubAllGlobals()
  })
})

describe('full screen', () => {
  it('of an iPhone, which nothing can be drawn over, gives way to what is asked', () => {
    const leave = vi.fn()
    const video = Object.assign(document.createElement('video'), {
      webkitDisplayingFullscreen: false,
      webkitExitFullscreen: leave,
    })
    const mounted = mount(() => useFullscreen(ref(null), ref(video)))
    mounted.result.giveWay()
    expect(leave).not.toHaveBeenCalled()
    video.webkitDisplayingFullscreen = true
    mounted.result.giveWay()
    expect(leave).toHaveBeenCalledOnce()
    mounted.unmount()
  })
})

it('the parts are walked through with the arrows', async () => {
  const tabs = ['a', 'b', 'c'].map((key) => ({ key, label: key, count: 0, countLabel: '' }))
  const choose = (key: string) => (shown.props['shown'] = key)
  shown = show(TabBar, { label: 'Parts', tabs, shown: 'a', 'onUpdate:shown': choose })
  const selected = () => shown.find('[aria-selected=true]').textContent?.trim()
  shown.find<HTMLButtonElement>('[data-test=tab-a]').focus()
  for (const [key, now] of [['ArrowRight', 'b'], ['End', 'c'], ['ArrowRight', 'a'], ['ArrowLeft', 'c'], ['Home', 'a']]) {
    await shown.press(key!)
    await nextTick()
    expect(selected()).toBe(now)
    expect(document.activeElement?.textContent?.trim()).toBe(now)
  }
})

describe('before a lesson', () => {
  it.each([
    [59 * 60 + 5, '59:05'],
    [3 * 3600 + 100, '3 h'],
    [50 * 3600 + 100, '2 d 2 h'],
    [-5, 'Any moment'],
  ])('%i s are told as %s', (seconds, text) => {
    vi.useFakeTimers({ now: new Date('2026-04-15T10:00:00Z') })
    const planned_at = new Date(Date.now() + seconds * 1000).toISOString()
    const lesson = { ...sampleLesson({ id: 1, state: 'planned', planned_at }), media: null }
    shown = show(WaitingRoom, { lesson, state: 'planned' })
    expect(shown.find('[data-test=countdown]').textContent).toContain(text)
  })

  it('says why one that was cancelled is', () => {
    const lesson = { ...sampleLesson({ id: 1, state: 'cancelled', cancel_reason: 'Snow' }), media: null }
    shown = show(WaitingRoom, { lesson, state: 'cancelled' })
    expect(shown.root.textContent).toContain('Why: Snow')
  })
})
