// @vitest-environment jsdom
// The lesson's page around its picture, and what is said in the picture's place.
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { markRaw, nextTick, ref, shallowRef, type Ref } from 'vue'
import { EMPTY_HALL } from '@/classroom/hall'
import { i18n, loadCatalogue, setLanguage } from '@/messages'
import LessonPage from '@/pages/lesson/LessonPage.vue'
import { show, type Shown } from '../component'
import { sampleLesson } from '../samples'

let shown: Shown
let room: { line: Ref<string>; interrupted: Ref<boolean> } & Record<string, unknown>
let player: { change: ReturnType<typeof vi.fn>; play: ReturnType<typeof vi.fn> }
let state: Ref<Record<string, unknown>>

vi.mock('@/pages/lesson/lesson_room', () => ({ useLessonRoom: () => room }))
vi.mock('@/room/use_player', () => ({ usePlayer: () => ({ player: shallowRef(player), state }) }))
vi.mock('@/room/use_quality', () => ({ useQuality: () => undefined }))

const media = { multivariant: '/m', audio: '/a', dash: '/d', expires_at: '' }

function enter(of: object | null): void {
  room = markRaw({
    lesson: ref({ ...sampleLesson({ id: 1, state: 'live' }), media: of }),
    missing: ref(false), failure: ref(null), state: ref('live'), interrupted: ref(false), endedHere: ref(false),
    lengthMs: ref(0), acceptedMs: ref(0), line: ref('online'), recorder: { setMode: () => undefined },
    classroom: { hall: ref(EMPTY_HALL), do: vi.fn() },
    load: vi.fn(), lineIsGood: vi.fn(),
  })
  shown = show(LessonPage, { id: 1 })
}

beforeAll(async () => {
  await setLanguage('en')
  await loadCatalogue('lesson')
})
beforeEach(() => {
  player = { change: vi.fn(), play: vi.fn() }
  state = ref({ phase: 'ready', trouble: 'none', blocked: true, position: 0, edge: 0, buffered: 0, rate: 1, volume: 1, heights: [] })
})
afterEach(() => shown.remove())

it.each(['credit', 'chat'])('says with the picture that there is no line, and nowhere else: %s', async (tab) => {
  enter(null)
  shown.find(`[data-test=tab-${tab}]`).click()
  room.line.value = 'offline'
  await nextTick()
  expect(shown.findAll('.picture [data-test=line-lost]')).toHaveLength(1)
  expect(shown.root.textContent?.split(i18n.global.t('line.offline'))).toHaveLength(2)
  room.line.value = 'online'
  await nextTick()
  expect(shown.findAll('[data-test=line-lost]')).toHaveLength(0)
})

it('says what a tap does while the signal is lost', async () => {
  enter(media)
  room.interrupted.value = true
  await nextTick()
  expect(shown.find('[data-test=start]').textContent).toContain('when it is back')
  expect(shown.find('[data-test=start] + p').textContent).toContain('it plays by itself')
})

describe('the menu of qualities', () => {
  const open = async (chosenHeight: number): Promise<void> => {
    enter(media)
    state.value = { ...state.value, phase: 'playing', blocked: false, live: true, heights: [720, 480, 240], height: 480, chosenHeight }
    await nextTick()
    shown.find('[data-test=quality] button').click()
    await nextTick()
  }

  it('says what each is good for, the automatic one first', async () => {
    await open(0)
    expect(shown.find('[data-test=quality] button').getAttribute('aria-label')).toBe('Quality Auto')
    expect(shown.findAll('[role=menuitemradio]').map((one) => one.textContent)).toEqual([
      'Auto (480p)', 'Clear (720p)', 'Medium (480p)', 'Saves data (240p)',
    ])
  })

  it('can be closed without a choice', async () => {
    await open(720)
    shown.find('[role=menuitem]').click()
    await nextTick()
    expect(shown.findAll('[role=menu]')).toHaveLength(0)
    expect(document.activeElement).toBe(shown.find('[data-test=quality] button'))
  })
})

describe('a picture that does not play', () => {
  it('gives way to the sound alone by one tap, and is not offered again', async () => {
    enter(media)
    state.value = { ...state.value, trouble: 'media' }
    await nextTick()
    shown.find('[data-test=listen-instead]').click()
    await nextTick()
    expect(player.change).toHaveBeenCalledWith('/a')
    expect(shown.findAll('[data-test=listen-instead]')).toHaveLength(0)
    expect(shown.find('[data-test=player] [role=alert]').textContent).toContain('cannot play the sound')
  })

  it('can be opened in another browser, which is named', async () => {
    enter(media)
    state.value = { ...state.value, trouble: 'unsupported' }
    await nextTick()
    expect(shown.find('[data-test=player] [role=alert]').textContent).toContain('Firefox')
    expect(shown.find('[data-test=address]').textContent).toBe(location.href)
    expect(shown.findAll('[data-test=listen-instead]')).toHaveLength(0)
  })
})
