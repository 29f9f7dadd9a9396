// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, type FunctionalComponent } from 'vue'
import AppButton from '@/look/AppButton.vue'
import AppDialog from '@/look/AppDialog.vue'
import AppField from '@/look/AppField.vue'
import AppToasts from '@/look/AppToasts.vue'
import DataTable from '@/look/DataTable.vue'
import FileInput from '@/look/FileInput.vue'
import { rowAfter, rowWindow } from '@/look/row_window'
import { closeToast, toast, toasts } from '@/look/toasts'
import { setLanguage } from '@/messages'
import { useSettings } from '@/settings/settings'
import { show, type Shown } from '../component'

let shown: Shown

afterEach(() => {
  shown.remove()
  vi.useRealTimers()
})

describe('a dialog', () => {
  function open(): Shown {
    const before = document.createElement('button')
    document.body.append(before)
    before.focus()
    const given = { open: false, title: 'A title', 'onUpdate:open': (on: boolean) => (shown.props['open'] = on) }
    const slots = { default: () => h('input', { id: 'first' }), actions: () => h('button', { id: 'last' }, 'OK') }
    return show(AppDialog, given, slots)
  }

  it('is named by its title, and is not there until it is opened', async () => {
    shown = open()
    expect(shown.find('dialog').hasAttribute('open')).toBe(false)
    expect(shown.findAll('#first')).toHaveLength(0)
    shown.props['open'] = true
    await vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(true))
    const heading = shown.find('dialog').getAttribute('aria-labelledby') ?? ''
    expect(document.getElementById(heading)?.textContent).toBe('A title')
    expect(shown.find('dialog').hasAttribute('open')).toBe(true)
  })

  it('keeps the focus inside and gives it back', async () => {
    shown = open()
    const before = document.activeElement
    shown.props['open'] = true
    await vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(true))
    const close = shown.find('[data-test=close-dialog]')
    expect(document.activeElement).toBe(close)
    await shown.press('Tab', close, { shiftKey: true })
    expect(document.activeElement?.id).toBe('last')
    await shown.press('Tab')
    expect(document.activeElement).toBe(close)
    await shown.press('Escape')
    await vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(false))
    expect(document.activeElement).toBe(before)
  })

  it('keeps the focus when a question takes the place of the button that had it', async () => {
    const given = { open: true, title: 'A title', sure: false }
    const Asking = defineComponent({
      props: ['open', 'title', 'sure'],
      setup: (props) => () => h(AppDialog, { open: props.open, title: props.title }, {
        actions: () => props.sure
          ? [h('a', { key: 0, href: '/' }), h('button', { key: 1, id: 'stay' }), h('button', { key: 2, id: 'sure' })]
          : [h('a', { key: 0, href: '/' }), h('button', { key: 3, id: 'ask' }), h('button', { key: 4 })],
      }),
    })
    shown = show(Asking, given)
    await vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(true))
    shown.find('#ask').focus()
    shown.props['sure'] = true
    await vi.waitFor(() => expect(document.activeElement?.id).toBe('stay'))
    shown.find('#stay').remove()
    await vi.waitFor(() => expect(document.activeElement).toBe(shown.find('a')))
  })

  it('shows what comes from its beginning, though the focus goes to its end', async () => {
    const seen: (Element | null)[] = []
    Element.prototype.scrollIntoView = function () { seen.push(this) }
    const Telling = defineComponent({
      props: ['open', 'title', 'told'],
      setup: (props) => () => h(AppDialog, { open: props.open, title: props.title }, {
        default: () => props.told
          ? [h('p', { key: 0, id: 'told' }), h('p', { key: 1 }), h('button', { key: 2, id: 'copy' })]
          : [h('button', { key: 3, id: 'make' })],
      }),
    })
    shown = show(Telling, { open: true, title: 'A title', told: false })
    await vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(true))
    shown.find('#make').focus()
    shown.props['told'] = true
    await vi.waitFor(() => expect(seen).toEqual([shown.find('#copy'), shown.find('#told')]))
    expect(document.activeElement?.id).toBe('copy')
    Reflect.deleteProperty(Element.prototype, 'scrollIntoView')
  })

  it('shows what comes in its upper half from the title on', async () => {
    const seen: (Element | null)[] = []
    Element.prototype.scrollIntoView = function () { seen.push(this) }
    const Telling = defineComponent({
      props: ['open', 'title', 'told'],
      setup: (props) => () => h(AppDialog, { open: props.open, title: props.title }, {
        default: () => props.told ? [h('p', { key: 0 }), h('button', { key: 1, id: 'copy' })] : [h('button', { key: 2, id: 'make' })],
      }),
    })
    shown = show(Telling, { open: true, title: 'A title', told: false })
    const dialog = shown.find('dialog')
    await vi.waitFor(() => expect(dialog.hasAttribute('open')).toBe(true))
    Object.defineProperty(dialog, 'clientHeight', { value: 700 })
    dialog.scrollTop = 40
    shown.find('#make').focus()
    shown.props['told'] = true
    await vi.waitFor(() => expect(document.activeElement?.id).toBe('copy'))
    expect(dialog.scrollTop).toBe(0)
    expect(seen).toEqual([])
    Reflect.deleteProperty(Element.prototype, 'scrollIntoView')
  })

  it('lets the focus go from a field whose list is shut with it', async () => {
    const Listing = defineComponent({
      props: ['open', 'title', 'list'],
      setup: (props) => () => h(AppDialog, { open: props.open, title: props.title }, {
        default: () => [h('input', { id: 'field' }), props.list ? h('ul', { key: 'list' }) : null],
      }),
    })
    shown = show(Listing, { open: true, title: 'A title', list: true })
    await vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(true))
    const field = shown.find('#field')
    field.focus()
    const focused = vi.spyOn(field, 'focus')
    field.addEventListener('blur', () => (shown.props['list'] = false))
    field.blur() // on its way elsewhere, as a browser has it
    await vi.waitFor(() => expect(shown.findAll('ul')).toHaveLength(0))
    await new Promise((resolve) => setTimeout(resolve))
    expect(focused).not.toHaveBeenCalled()
  })

  it('is shut by a press beside it, not by a drag that ends there', async () => {
    shown = open()
    shown.props['open'] = true
    await vi.waitFor(() => expect(shown.find('dialog').hasAttribute('open')).toBe(true))
    const press = (from: HTMLElement): void => {
      from.dispatchEvent(new Event('pointerdown', { bubbles: true }))
      shown.find('dialog').dispatchEvent(new Event('click', { bubbles: true }))
    }
    press(shown.find('#first'))
    expect(shown.props['open']).toBe(true)
    press(shown.find('dialog'))
    expect(shown.props['open']).toBe(false)
  })

  it('in place of another gives the focus back to where that had it from', async () => {
    const before = document.createElement('button')
    document.body.append(before)
    before.focus()
    const Two = defineComponent({
      props: ['first', 'second'],
      setup: (props) => () => [
        h(AppDialog, { open: props.first, title: 'One' }, () => h('button', { id: 'in-first' })),
        h(AppDialog, { open: props.second, title: 'Two' }, () => h('button', { id: 'in-second' })),
      ],
    })
    shown = show(Two, { first: true, second: false })
    const opened = (): boolean[] => shown.findAll('dialog').map((one) => one.hasAttribute('open'))
    const turn = async (first: boolean, second: boolean): Promise<void> => {
      Object.assign(shown.props, { first, second })
      await vi.waitFor(() => expect(opened()).toEqual([first, second]))
    }
    await vi.waitFor(() => expect(opened()).toEqual([true, false]))
    shown.find('#in-first').focus()
    await turn(false, true)
    shown.find('#in-second').focus()
    await turn(true, false)
    shown.find('#in-first').focus()
    await turn(false, false)
    expect(document.activeElement).toBe(before)
    before.remove()
  })
})

describe('a button', () => {
  it('that is busy keeps the focus, and is not pressed again', async () => {
    const clicked = vi.fn()
    const sent = vi.fn((event: Event) => event.preventDefault())
    const Form = defineComponent({
      props: ['busy'],
      setup: (props) => () =>
        h('form', { onSubmit: sent }, h(AppButton, { type: 'submit', busy: props.busy, onClick: clicked }, () => 'Send')),
    })
    shown = show(Form, { busy: false })
    const button = shown.find<HTMLButtonElement>('button')
    button.focus()
    button.click()
    expect([clicked.mock.calls.length, sent.mock.calls.length]).toEqual([1, 1])
    shown.props['busy'] = true
    await nextTick()
    expect(document.activeElement).toBe(button)
    expect(button.disabled).toBe(false)
    expect(button.getAttribute('aria-disabled')).toBe('true')
    button.click()
    expect([clicked.mock.calls.length, sent.mock.calls.length]).toEqual([1, 1])
    shown.props['busy'] = false
    await nextTick()
    button.click()
    expect([clicked.mock.calls.length, sent.mock.calls.length]).toEqual([2, 2])
  })
})

describe('a note while a dialog is open', () => {
  it('is shown in the dialog, where it is bright and can be put away, and stays when that closes', async () => {
    const both: FunctionalComponent<{ open: boolean }> = ({ open }) => [h(AppDialog, { open, title: 'A title' }), h(AppToasts)]
    both.props = ['open']
    shown = show(both, { open: false })
    const note = () => shown.find('[data-test=toast]')
    toast('before')
    await nextTick()
    expect(note().closest('dialog')).toBeNull()
    shown.props['open'] = true
    await vi.waitFor(() => expect(note().closest('dialog')).toBe(shown.find('dialog')))
    toast('meanwhile')
    await nextTick()
    expect(shown.find('dialog').textContent).toContain('meanwhile')
    shown.props['open'] = false
    await vi.waitFor(() => expect(note().closest('dialog')).toBeNull())
    expect(shown.findAll('[data-test=toast]')).toHaveLength(2)
    for (const { id } of [...toasts.value]) closeToast(id)
  })
})

describe('a field', () => {
  it('ties label, hint and error to its control', async () => {
    const slots = { default: (control: Record<string, unknown>) => h('input', control) }
    shown = show(AppField, { label: 'Name', hint: 'As on the card', error: '' }, slots)
    const input = shown.find<HTMLInputElement>('input')
    expect(input.labels?.[0]?.textContent).toBe('Name')
    expect(input.getAttribute('aria-invalid')).toBeNull()
    shown.props['error'] = 'It is missing'
    await nextTick()
    expect(input.getAttribute('aria-invalid')).toBe('true')
    const texts = (input.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent)
    expect(texts).toEqual(['As on the card', 'It is missing'])
  })
})

describe('a file', () => {
  it('is chosen and named in words of the page, and can be chosen again', async () => {
    await setLanguage('en')
    const given = { id: 'f', modelValue: null, 'onUpdate:modelValue': (file: unknown) => (shown.props['modelValue'] = file) }
    shown = show(FileInput, given)
    const input = shown.find<HTMLInputElement>('input[type=file]')
    expect(input.id).toBe('f')
    expect(shown.root.textContent).toContain('Choose a file')
    expect(shown.root.textContent).toContain('No file is chosen yet')
    const file = new File(['x'], 'costs.pdf')
    Object.defineProperty(input, 'files', { value: [file] })
    const emptied = vi.spyOn(input, 'value', 'set')
    input.dispatchEvent(new Event('change'))
    await nextTick()
    expect(shown.props['modelValue']).toEqual(file)
    expect(shown.root.textContent).toContain('costs.pdf')
    shown.props['modelValue'] = null
    await nextTick()
    expect(emptied).toHaveBeenCalledWith('')
  })
})

describe('toasts', () => {
  it('say what was done for a while, what failed until it is put away', async () => {
    vi.useFakeTimers()
    shown = show(AppToasts)
    toast('done')
    toast('failed', 'failed')
    toast('done')
    await nextTick()
    expect(shown.find('[role=status]').textContent).toContain('done')
    expect(toasts.value.map(({ text }) => text)).toEqual(['failed', 'done'])
    vi.advanceTimersByTime(8_000)
    expect(toasts.value.map(({ text }) => text)).toEqual(['failed'])
    await nextTick()
    shown.find('button').click()
    expect(toasts.value).toEqual([])
  })

  it('hurry nobody who reads large type', () => {
    vi.useFakeTimers()
    useSettings().setLargeType(true)
    shown = show(AppToasts)
    toast('slowly')
    vi.advanceTimersByTime(60_000)
    expect(toasts.value).toHaveLength(1)
    toast('failed', 'failed')
    toast('the next')
    expect(toasts.value.map(({ text }) => text)).toEqual(['failed', 'the next'])
    for (const { id } of [...toasts.value]) closeToast(id)
    useSettings().setLargeType(false)
  })
})

describe('a long table', () => {
  interface Row {
    id: number
  }
  const rows = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }))
  const columns = [{ key: 'id', head: 'Number', text: ({ id }: Row) => `no. ${id}` }]
  const given = (count: number, more: object = {}) => ({
    label: 'Members',
    columns,
    rows: rows(count),
    keyOf: ({ id }: Row) => id,
    complete: true,
    ...more,
  })

  it('draws what is seen and some around, of however many', () => {
    expect(rowWindow(0, 440, 44, 13_092)).toEqual({ from: 0, to: 23 })
    expect(rowWindow(44 * 1_000, 440, 44, 13_092)).toEqual({ from: 988, to: 1_023 })
    expect(rowWindow(44 * 13_082, 440, 44, 13_092)).toEqual({ from: 13_070, to: 13_092 })
    expect(rowWindow(0, 0, 0, 5)).toEqual({ from: 0, to: 5 })
    expect(rowWindow(9_999, 440, 44, 3)).toEqual({ from: 3, to: 3 })
  })

  it.each([
    ['ArrowDown', 3, 4],
    ['ArrowUp', 0, 0],
    ['PageDown', 3, 9],
    ['End', 3, 9],
    ['Home', 3, 0],
    ['a', 3, null],
  ])('%s leads from %i to %s', (key, from, to) => {
    expect(rowAfter(key, from, 8, 10)).toBe(to)
  })

  it('is walked through by keys, one stop of Tab, and Enter opens a row', async () => {
    const opened: Row[] = []
    shown = show(DataTable as never, given(10, { opens: true, onOpen: (row: Row) => opened.push(row) }))
    expect(shown.findAll('tr[tabindex="0"]')).toHaveLength(1)
    shown.find('tr[data-row="0"]').focus()
    await shown.press('ArrowDown')
    await nextTick()
    expect(document.activeElement?.textContent).toContain('no. 1')
    // The key is used up: it must not press a button of what it opened as well.
    const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })
    expect(document.activeElement?.dispatchEvent(enter)).toBe(false)
    expect(opened).toEqual([{ id: 1 }])
  })

  it('asks for more by a button too, and says when there is no more', async () => {
    const more = vi.fn()
    shown = show(DataTable as never, given(3, { complete: false, onMore: more }))
    more.mockClear()
    shown.find('[data-test=more]').click()
    expect(more).toHaveBeenCalledOnce()
    Object.assign(shown.props, { complete: true })
    await nextTick()
    expect(shown.findAll('[data-test=more]')).toHaveLength(0)
    expect(shown.find('table').getAttribute('aria-rowcount')).toBe('4')
  })

  it('says how many there are, unless that is told beside it', async () => {
    shown = show(DataTable as never, given(3))
    const foot = (): string | null => shown.find('[role=status]').textContent
    expect(foot()).toContain('3 rows')
    shown.props['counted'] = true
    await nextTick()
    expect(foot()).toBe('')
  })

  it('says so when there is nothing', () => {
    shown = show(DataTable as never, given(0))
    expect(shown.findAll('[data-test=empty]')).toHaveLength(1)
  })
})
