// How long somebody has to wait before the next try, counted down.
import { computed, onUnmounted, ref, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

export interface Wait {
  /** Seconds that are left; 0: no need to wait. */
  leftS: ComputedRef<number>
  /** The same in words. */
  text: ComputedRef<string>
  start(seconds: number): void
}

export function useWait(): Wait {
  const { t } = useI18n()
  const until = ref(0)
  const now = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined

  const leftS = computed(() => Math.max(0, Math.ceil((until.value - now.value) / 1000)))
  const text = computed(() =>
    leftS.value >= 60
      ? t('unit.minutes', { n: Math.ceil(leftS.value / 60) })
      : t('unit.seconds', { n: leftS.value }),
  )

  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }

  /** By the clock, since a phone in a pocket counts no seconds. */
  function look(): void {
    now.value = Date.now()
    if (leftS.value === 0) stop()
  }

  function start(seconds: number): void {
    stop()
    now.value = Date.now()
    until.value = now.value + seconds * 1000
    timer = setInterval(look, 500)
  }

  onUnmounted(stop)
  return { leftS, text, start }
}
