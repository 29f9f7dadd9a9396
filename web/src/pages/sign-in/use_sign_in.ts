// One try after the other to sign in, and what to say of the last.
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { Problem } from '@/api/problem'
import { problemText } from '@/app/problem_text'
import { useWait } from '@/look/use_wait'
import { signIn } from '@/session/session'

/** @refused: what to say when the server knows better
 *  @tooMany: and when it was asked too often, with how long to wait */
export function useSignIn(refused: () => string, tooMany: 'signIn.tooMany' | 'signIn.tooManyPasswords') {
  const { t } = useI18n()
  const working = ref(false)
  const problem = ref<Problem | null>(null)
  const wait = useWait()

  const failure = computed(() => {
    if (wait.leftS.value > 0) return t(tooMany, { wait: wait.text.value })
    if (problem.value === null) return ''
    if (problem.value.status === 401) return refused()
    return problem.value.status === 429 ? '' : problemText(problem.value)
  })

  /** Resolves with how it went; `change`: not before the password is another one. */
  async function run(
    number: string,
    secret: Parameters<typeof signIn>[1],
  ): Promise<'in' | 'change' | 'refused' | 'failed'> {
    working.value = true
    problem.value = null
    try {
      return (await signIn(number, secret)) ? 'change' : 'in'
    } catch (error) {
      fail(error)
      return error instanceof Problem && error.status === 401 ? 'refused' : 'failed'
    } finally {
      working.value = false
    }
  }

  function fail(error: unknown): void {
    if (!(error instanceof Problem)) throw error
    problem.value = error
    if (error.status === 429) wait.start(error.retryAfterS ?? 60)
  }

  /** The last try is over: something else is done now. */
  function forget(): void {
    problem.value = null
  }

  return { working, failure, waiting: computed(() => wait.leftS.value > 0), run, fail, forget }
}
