// What is being written to those in the classroom. It is on its way for as long as there is no
// line, and may be written on meanwhile: only what was sent goes from the field.
import { ref, type Ref } from 'vue'

export interface Draft {
  text: Ref<string>
  busy: Ref<boolean>
  /** One at a time; nothing that is empty. */
  submit(): Promise<void>
}

/** `send` resolves with whether it was done. */
export function useDraft(send: (words: string) => Promise<boolean>): Draft {
  const text = ref('')
  const busy = ref(false)

  async function submit(): Promise<void> {
    const sent = text.value
    const words = sent.trim()
    if (words === '' || busy.value) return
    busy.value = true
    if ((await send(words)) && text.value.startsWith(sent)) text.value = text.value.slice(sent.length).trimStart()
    busy.value = false
  }
  return { text, busy, submit }
}
