// Chooses the engine. hls.js first, also where the browser could play HLS itself: only
// hls.js can be steered. Its code is fetched here, when a lesson is opened, and not before.
import { Unsupported, type Engine, type EngineStart } from './engine'
import { isNativeSupported, NativeEngine } from './native_engine'

export async function createEngine(start: EngineStart): Promise<Engine> {
  const { HlsEngine, isHlsSupported } = await import('./hls_engine')
  if (isHlsSupported()) return new HlsEngine(start)
  if (isNativeSupported(start.video)) return new NativeEngine(start)
  throw new Unsupported()
}
