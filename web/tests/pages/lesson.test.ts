// @vitest-environment jsdom
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { markRaw, nextTick, ref, shallowRef } from 'vue'
import type { LessonState } from '@/api/call_types'
import { Refusal, type Doing } from '@/classroom/doings'
import { EMPTY_HALL, type Hall } from '@/classroom/hall'
import { loadCatalogue, setLanguage } from '@/messages'
import ChatPanel from '@/pages/lesson/ChatPanel.vue'
import CreditPanel from '@/pages/lesson/CreditPanel.vue'
import LessonSide from '@/pages/lesson/LessonSide.vue'
import PollCard from '@/pages/lesson/PollCard.vue'
import PromptDialog from '@/pages/lesson/PromptDialog.vue'
import QuestionsPanel from '@/pages/lesson/QuestionsPanel.vue'
import TabBar from '@/pages/lesson/TabBar.vue'
import WaitingRoom from '@/pages/lesson/WaitingRoom.vue'
import { closeToast, toasts } from '@/look/toasts'
import { useFullscreen } from '@/pages/lesson/fullscreen'
import { show, type Shown } from '../component'
import { playApi } from '../fake_api'
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

  it('keeps what was written while the line before was on its way', async () => {
    let arrive = (_: number): void => undefined
    const slowly = () => new Promise<number>((resolve) => (arrive = resolve))
    shown = show(ChatPanel, { hall: hall({}), act: slowly, over: false })
    const field = shown.find<HTMLInputElement>('[data-test=chat-text]')
    const type = (text: string): void => {
      field.value = text
      field.dispatchEvent(new Event('input'))
    }
    type('good morning')
    shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
    await nextTick()
    type('I have a question')
    arrive(7)
    await vi.waitFor(() => expect(shown.findAll('[aria-busy=true]')).toHaveLength(0))
    expect(field.value).toBe('I have a question')
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

  it('says once it is over that nobody wrote', () => {
    shown = show(ChatPanel, { hall: hall({}), act, over: true })
    expect(shown.root.textContent).toContain('Nobody wrote anything')
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

  it('one cannot vote for one’s own, nor once it is over, and sees who did', () => {
    const yours = { ...EMPTY_HALL.yours, questions: [2] }
    shown = show(QuestionsPanel, { hall: hall({ questions: [question(2, 1), question(3, 0)], yours }), act, over: false, live: true })
    expect(shown.findAll('[data-test=vote]')).toHaveLength(1)
    expect(shown.root.textContent).toContain('1 person wants to know too')
    expect(shown.root.textContent).not.toContain('0 p')
    shown.remove()
    shown = show(QuestionsPanel, { hall: hall({ questions: [question(2, 5)] }), act, over: true, live: false })
    expect(shown.findAll('[data-test=vote]')).toHaveLength(0)
    expect(shown.root.textContent).toContain('5 people want to know too')
  })

  it('a hand is raised, called and lowered, in a live lesson only', async () => {
    shown = show(QuestionsPanel, { hall: hall({}), act, over: false, live: true })
    shown.find('[data-test=hand]').click()
    await nextTick()
    const yours = { ...EMPTY_HALL.yours, hands: [7] }
    shown.props['hall'] = hall({ yours, hands: [{ seq: 7, state: 'called' }] })
    await nextTick()
    expect(shown.find('[data-test=hand-state]').textContent).toContain('called')
    // What is to be said comes first, and putting the hand down after it.
    const [text, lower] = [shown.find('form'), shown.find('[data-test=hand]')]
    expect(shown.findAll('[data-test=hand]')).toHaveLength(1)
    expect(text.compareDocumentPosition(lower)).toBe(Node.DOCUMENT_POSITION_FOLLOWING)
    expect(text.textContent).toContain('Write it here')
    expect(shown.find('[data-test=question-send]').textContent).toContain('Send')
    lower.click()
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
    const send = shown.find<HTMLButtonElement>('[data-test=poll-send]')
    expect(send.textContent).toContain('Change')
    expect([send.disabled, send.classList.contains('primary')]).toEqual([true, false])
    shown.findAll<HTMLInputElement>('[data-test=option]')[2]!.click()
    await nextTick()
    expect(send.disabled).toBe(false)
  })

  it('keeps the focus when what has it goes: the button once answered, a choice at the end', async () => {
    shown = show(PollCard, { poll, answer: null, act, mayAnswer: true })
    shown.findAll<HTMLInputElement>('[data-test=option]')[1]!.click()
    await nextTick()
    shown.find('[data-test=poll-send]').focus()
    shown.find('form').dispatchEvent(new Event('submit', { cancelable: true }))
    await vi.waitFor(() => expect(done).toHaveLength(1))
    expect(document.activeElement).toBe(shown.find('[data-test=poll-send]'))
    shown.props['answer'] = { poll: 4, choices: [1] }
    await nextTick()
    expect(document.activeElement).toBe(shown.find('fieldset'))
    shown.findAll('[data-test=option]')[2]!.focus()
    shown.props['poll'] = { ...poll, closed: true }
    await nextTick()
    expect(document.activeElement).toBe(shown.find('fieldset'))
  })

  it('takes no focus from elsewhere', async () => {
    shown = show(PollCard, { poll, answer: null, act, mayAnswer: true })
    shown.props['poll'] = { ...poll, closed: true }
    await nextTick()
    expect(document.activeElement).toBe(document.body)
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

describe('beside the player', () => {
  const poll = { seq: 4, text: 'Which?', options: ['a', 'b'], multiple: false, quiz: false, shown: false, closed: false }
  const interrupted = ref(false)
  const beside = (state: LessonState, media: object | null, fields: Partial<Hall> = {}): Shown => {
    const room = markRaw({
      lesson: ref({ ...sampleLesson({ id: 1, state }), media }),
      state: ref(state),
      interrupted,
      acceptedMs: ref(0),
      lengthMs: ref(0),
      line: ref('online'),
      classroom: { hall: ref(hall(fields)), do: act },
    })
    return show(LessonSide, { id: 1, title: 'A', room, choice: media !== null, mode: 'video' })
  }

  it('a lesson that left no recording is no replay', () => {
    shown = beside('ended', null)
    expect(shown.find('[data-test=badge]').textContent).toBe('Ended')
    shown.remove()
    shown = beside('ended', {})
    expect(shown.find('[data-test=badge]').textContent).toBe('Replay')
  })

  it('a lesson whose signal is lost is not called live', async () => {
    shown = beside('live', {})
    expect(shown.find('[data-test=badge]').textContent).toBe('Live')
    interrupted.value = true
    await nextTick()
    expect(shown.find('[data-test=badge]').textContent).toBe('Signal lost')
    interrupted.value = false
  })

  it('nobody is led to the polls who is there', async () => {
    shown = beside('live', {}, { polls: [poll] })
    shown.find('[data-test=poll-waits] button').click()
    await nextTick()
    expect(shown.findAll('[data-test=poll]')).toHaveLength(1)
    expect(shown.findAll('[data-test=poll-waits]')).toHaveLength(0)
    expect(document.activeElement).toBe(shown.find('[role=tabpanel]'))
    shown.find('[data-test=tab-credit]').click()
    await nextTick()
    expect(shown.findAll('[data-test=poll-waits]')).toHaveLength(1)
  })

  it('who is called is told in every other part of the classroom, and led there', async () => {
    const yours = { ...EMPTY_HALL.yours, hands: [7] }
    shown = beside('live', {}, { yours, hands: [{ seq: 7, state: 'called' }] })
    shown.find('[data-test=called] button').click()
    await nextTick()
    expect(shown.findAll('[data-test=hand-state]')).toHaveLength(1)
    expect(shown.findAll('[data-test=called]')).toHaveLength(0)
    expect(document.activeElement).toBe(shown.find('[role=tabpanel]'))
  })

  it('who may not write is not led to where they cannot', () => {
    const yours = { ...EMPTY_HALL.yours, hands: [7], muted: true }
    shown = beside('live', {}, { yours, hands: [{ seq: 7, state: 'called' }] })
    expect(shown.findAll('[data-test=called]')).toHaveLength(0)
  })

  it('the focus stays where an announcement was put away', async () => {
    const announcements = [{ seq: 1, kind: 'announcement', wall_ms: 0, media_ms: 0, text: 'At eight' }]
    shown = beside('live', {}, { announcements })
    const read = shown.find<HTMLButtonElement>('[data-test=announcement] button')
    read.focus()
    read.click()
    await nextTick()
    expect(shown.findAll('[data-test=announcement]')).toHaveLength(0)
    expect(document.activeElement).toBe(shown.find('[role=status].news'))
  })
})

describe('the credit', () => {
  const credit = (state: LessonState, lengthMs: number, line = 'online'): Shown =>
    show(CreditPanel, { lesson: 1, state, acceptedMs: 0, lengthMs, line })

  it.each([
    ['planned', 'It is counted by itself once the lesson has begun.'],
    ['open', 'It is counted by itself once the lesson has begun.'],
    ['cancelled', 'This lesson has no time that could be counted.'],
    ['ended', 'This lesson has no time that could be counted.'],
  ] as const)('is no figure where there is nothing to follow: %s', (state, note) => {
    shown = credit(state, 0)
    expect(shown.findAll('[data-test=credit]')).toHaveLength(0)
    expect(shown.find('.note').textContent).toBe(note)
    expect(shown.find('[data-test=line]').textContent.trim()).toBe('')
    expect(shown.findAll('[data-test=record]')).toHaveLength(1)
  })

  it('who waits at a busy server is told so', () => {
    shown = credit('open', 0, 'busy')
    expect(shown.find('[data-test=line]').textContent.trim()).not.toBe('')
  })

  it.each([
    ['live', 0, ''],
    ['live', 65_000, 'of 1 min 05 s so far'],
    ['ended', 65_000, 'of 1 min 05 s'],
  ] as const)('is told of what can be followed: %s, %d ms', (state, lengthMs, whole) => {
    shown = credit(state, lengthMs)
    expect(shown.find('[data-test=credit]').textContent).toBe('0 min 00 s')
    expect(shown.find('[data-test=length]').textContent).toBe(whole)
  })
})

describe('"are you there?"', () => {
  const prompt = (id: number) => ({ type: 'prompt', id, limit_ms: 180_000, left_ms: 180_000 })
  let told: string[]
  const ask = (first: unknown): Shown =>
    show(PromptDialog, {
      prompt: first,
      missed: null,
      listening: false,
      onShown: (id: number) => told.push(`shown ${id}`),
      onAnswer: (id: number) => told.push(`answer ${id}`),
      onLeave: (id: number) => told.push(`leave ${id}`),
    })
  const toldOver = () => toasts.value.filter(({ text }) => text.includes('The question is over')).length
  beforeEach(() => {
    told = []
    for (const { id } of toasts.value) closeToast(id)
  })
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

  it('is told to be over only when it was missed', async () => {
    shown = ask(prompt(5))
    await opened()
    shown.props['prompt'] = null // answered elsewhere
    await nextTick()
    expect(toldOver()).toBe(0)
    Object.assign(shown.props, { prompt: null, missed: 5 })
    await nextTick()
    expect(toldOver()).toBe(1)
  })

  it('ends by itself when its time is over, and says so once', async () => {
    vi.useFakeTimers()
    shown = ask(prompt(5))
    await vi.advanceTimersByTimeAsync(180_000)
    expect(told).toEqual(['shown 5'])
    await vi.advanceTimersByTimeAsync(15_000)
    expect(told).toEqual(['shown 5', 'leave 5'])
    Object.assign(shown.props, { prompt: null, missed: 5 })
    await nextTick()
    expect(shown.find('dialog').hasAttribute('open')).toBe(false)
    expect(toldOver()).toBe(1)
  })

  it('has its time from when it is seen, and says nothing when nobody saw it', async () => {
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    vi.useFakeTimers()
    shown = ask(prompt(6))
    await vi.advanceTimersByTimeAsync(100_000)
    shown.props['listening'] = true
    await vi.advanceTimersByTimeAsync(194_000)
    expect(told).toEqual(['shown 6'])
    shown.props['prompt'] = { ...prompt(7), left_ms: 10_000 }
    shown.props['listening'] = false
    await vi.advanceTimersByTimeAsync(25_000)
    expect(told).toEqual(['shown 6', 'leave 7'])
    expect(toldOver()).toBe(0)
    hidden.mockRestore()
  })

  it('does not cover the page until a line takes the answer', async () => {
    vi.useFakeTimers()
    shown = ask(prompt(5))
    await vi.advanceTimersByTimeAsync(0)
    shown.find('[data-test=here]').click()
    await vi.advanceTimersByTimeAsync(4_000)
    expect(told.at(-1)).toBe('leave 5')
    expect(toldOver()).toBe(0)
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
  const tabs = ['a', 'b', 'c'].map((key) => ({ key, icon: 'chat', label: key, count: 0, countLabel: '' }))
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
    [59 * 60 + 5, '59 min 05 s'],
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

  it.each([
    ['planned', 59 * 60, 'Stay on this page'],
    ['planned', 2 * 3600, 'Open this page again'],
    ['planned', null, 'Open this page again'],
    ['open', 3 * 3600, 'Stay on this page'],
  ] as const)('nobody is asked to stay for hours: %s, %s s ahead', (state, seconds, text) => {
    vi.useFakeTimers({ now: new Date('2026-04-15T10:00:00Z') })
    const planned_at = seconds === null ? null : new Date(Date.now() + seconds * 1000).toISOString()
    const lesson = { ...sampleLesson({ id: 1, state, planned_at }), media: null }
    shown = show(WaitingRoom, { lesson, state })
    expect(shown.root.textContent).toContain(text)
  })

  it('says why one that was cancelled is', () => {
    const lesson = { ...sampleLesson({ id: 1, state: 'cancelled', cancel_reason: 'Snow' }), media: null }
    shown = show(WaitingRoom, { lesson, state: 'cancelled' })
    expect(shown.root.textContent).toContain('Why: Snow')
  })
})

it('what is half written stays while another part of the classroom is looked at', async () => {
  playApi({})
  const room = markRaw({
    state: ref('live'), interrupted: ref(false), acceptedMs: ref(0), lengthMs: ref(0), line: ref('online'),
    classroom: { hall: shallowRef(hall({})), do: act },
  })
  shown = show(LessonSide, { id: 7, title: 'L', room, choice: false, mode: 'video' })
  const tab = async (name: string): Promise<void> => {
    shown.find(`[data-test=tab-${name}]`).click()
    await nextTick()
  }
  for (const name of ['chat', 'questions']) {
    await tab(name)
    const field = shown.find<HTMLInputElement>(`[data-test=${name === 'chat' ? 'chat' : 'question'}-text]`)
    field.value = name
    field.dispatchEvent(new Event('input'))
    await tab('credit')
    expect(shown.findAll('.panel input, .panel textarea')).toEqual([])
  }
  await tab('chat')
  expect(shown.find<HTMLInputElement>('[data-test=chat-text]').value).toBe('chat')
  await tab('questions')
  expect(shown.find<HTMLInputElement>('[data-test=question-text]').value).toBe('questions')
  vi.unstubAllGlobals()
})
