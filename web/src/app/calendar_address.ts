// The address of a calendar, made and ended. It is the key to the calendar and kept as a hash
// only: who lost theirs makes another, and the one before opens nothing any more.
import { ref, type Ref } from 'vue'
import { toast } from '@/look/toasts'
import { problemText } from './problem_text'

export interface CalendarAddress {
  /** '' until it is made: nobody can be told it later. */
  address: Ref<string>
  working: Ref<boolean>
  /** It was ended here: there is none to be ended. */
  ended: Ref<boolean>
  make(): Promise<void>
  /** `text`: what is said when it is done. */
  end(text: string): Promise<void>
}

export function useCalendarAddress(
  askFor: () => Promise<{ path: string }>,
  askToEnd: () => Promise<unknown>,
): CalendarAddress {
  const address = ref('')
  const working = ref(false)
  const ended = ref(false)

  async function work(step: () => Promise<void>): Promise<void> {
    working.value = true
    try {
      await step()
    } catch (error) {
      toast(problemText(error), 'failed')
    } finally {
      working.value = false
    }
  }

  return {
    address,
    working,
    ended,
    make: () =>
      work(async () => {
        address.value = new URL((await askFor()).path, location.origin).href
        ended.value = false
      }),
    end: (text) =>
      work(async () => {
        await askToEnd()
        address.value = ''
        ended.value = true
        toast(text)
      }),
  }
}
