// Full screen of the whole stage, or, on an iPhone, of the video alone: it knows no other.
import { onMounted, onUnmounted, ref, type Ref } from 'vue'

interface IPhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void
  webkitExitFullscreen?: () => void
  webkitDisplayingFullscreen?: boolean
}

export interface Fullscreen {
  on: Ref<boolean>
  toggle(): void
  /** Leaves what nothing of the page can be drawn over. */
  giveWay(): void
}

export function useFullscreen(
  stage: Readonly<Ref<HTMLElement | null>>,
  video: Readonly<Ref<HTMLVideoElement | null>>,
): Fullscreen {
  const on = ref(false)

  function changed(): void {
    on.value = document.fullscreenElement !== null && document.fullscreenElement === stage.value
  }

  function toggle(): void {
    const element = stage.value
    if (document.fullscreenElement != null) {
      void document.exitFullscreen()
    } else if (element !== null && typeof element.requestFullscreen === 'function') {
      // A refusal leaves the page as it is, which is what a refusal means.
      element.requestFullscreen().catch(() => undefined)
    } else {
      const own = video.value as IPhoneVideo | null
      own?.webkitEnterFullscreen?.()
    }
  }

  function giveWay(): void {
    const own = video.value as IPhoneVideo | null
    if (own?.webkitDisplayingFullscreen === true) own.webkitExitFullscreen?.()
    // Only the browser's own dialogs come to lie above a stage that fills the screen.
    const hidesDialogs = typeof HTMLDialogElement === 'undefined'
    if (hidesDialogs && document.fullscreenElement != null) void document.exitFullscreen()
  }

  onMounted(() => document.addEventListener('fullscreenchange', changed))
  onUnmounted(() => document.removeEventListener('fullscreenchange', changed))
  return { on, toggle, giveWay }
}
