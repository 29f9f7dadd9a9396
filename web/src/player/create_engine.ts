// Chooses the engine. hls.js first, also where the browser could play HLS itself: only
// hls.js can be steered. Its code is fetched here, when a lesson is opened, and not before.
import { Unsupported, type Engine, type EngineStart } from './engine'
import { headStart } from './head_start'
import { isNativeSupported, NativeEngine } from './native_engine'

/** Whether hls.js may have a chance, told without its code. */
const hasMediaSource = (): boolean => 'MediaSource' in window || 'ManagedMediaSource' in window

export async function createEngine(start: EngineStart): Promise<Engine> {
  const atEdge = start.startAt === null && start.lowLatency
  // A height chosen by hand is not what a head start would bring.
  const ahead = atEdge && start.chosenHeight === 0 && hasMediaSource()
  const [{ HlsEngine, isHlsSupported }, head] = await Promise.all([
    import('./hls_engine'),
    ahead ? headStart(start.address) : null,
  ])
  if (isHlsSupported()) return new HlsEngine(start, head)
  if (isNativeSupported(start.video)) return new NativeEngine(start)
  throw new Unsupported()
}
