// Something that a member does in the classroom: under way, done, or refused with a reason
// that says what to do.
import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { Refusal, type Doing } from '@/classroom/doings'

export type Do = (doing: Doing) => Promise<number | null>

export interface TakingPart {
  /** It has been sent and has no answer yet; without a line that may take a while. */
  busy: Ref<boolean>
  /** Why the last one was refused; empty when it was not. */
  refusal: Ref<string>
  /** Resolves with whether it was done. One at a time. */
  send(doing: Doing): Promise<boolean>
}

export function useTakingPart(act: Do): TakingPart {
  const { t } = useI18n()
  const busy = ref(false)
  const refusal = ref('')

  function reason(error: unknown): string {
    const code = error instanceof Refusal ? error.code : 'closed'
    if (error instanceof Refusal && code === 'too-fast' && error.afterMs !== null) {
      return t('refused.waitS', { n: Math.max(1, Math.ceil(error.afterMs / 1000)) })
    }
    return t(`refused.${code}`)
  }

  async function send(doing: Doing): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    refusal.value = ''
    try {
      await act(doing)
      return true
    } catch (error) {
      refusal.value = reason(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, refusal, send }
}
