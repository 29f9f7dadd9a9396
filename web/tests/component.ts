// A component on a page of its own, as a person finds it.
import { createApp, h, nextTick, reactive, type Component } from 'vue'
import { i18n } from '@/messages'

export interface Shown {
  root: HTMLElement
  /** Change these, and the component is given them. */
  props: Record<string, unknown>
  find<E extends HTMLElement = HTMLElement>(selector: string): E
  findAll<E extends HTMLElement = HTMLElement>(selector: string): E[]
  press(key: string, target?: EventTarget | null, more?: KeyboardEventInit): Promise<void>
  remove(): void
}

export function show(
  component: Component,
  given: Record<string, unknown> = {},
  slots: Record<string, (given: Record<string, unknown>) => unknown> = {},
): Shown {
  const props = reactive({ ...given })
  const root = document.createElement('div')
  document.body.append(root)
  const app = createApp({ render: () => h(component, props, slots as never) })
  app.use(i18n).component('RouterLink', { props: ['to'], template: '<a><slot /></a>' })
  app.mount(root)
  const find = <E extends HTMLElement>(selector: string): E => {
    const element = root.querySelector<E>(selector)
    if (element === null) throw new Error(`no ${selector} in ${root.innerHTML}`)
    return element
  }
  return {
    root,
    props,
    find,
    findAll: (selector) => [...root.querySelectorAll(selector)] as never,
    async press(key, target = document.activeElement, more = {}) {
      target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
      await nextTick()
    },
    remove() {
      app.unmount()
      root.remove()
    },
  }
}

/** jsdom has no modal dialogs. Without this they are what stands in for them in old browsers. */
export function haveModals(): void {
  HTMLDialogElement.prototype.showModal = function () { this.open = true }
  HTMLDialogElement.prototype.close = function () { this.open = false }
}
