// Gives hls.js the playlists that are known already, each once: what it asks for again is
// to be newer.
import Hls, { type HlsConfig } from 'hls.js'

type PlaylistLoader = NonNullable<HlsConfig['pLoader']>
type Call = Parameters<InstanceType<PlaylistLoader>['load']>

export function knownPlaylists(known: Map<string, string>): PlaylistLoader {
  const Network = Hls.DefaultConfig.loader as unknown as PlaylistLoader
  return class extends Network {
    private answering: ReturnType<typeof setTimeout> | undefined

    override load(...[context, config, callbacks]: Call): void {
      const { url } = context
      const address = new URL(url, location.href).href
      const data = known.get(address)
      if (data === undefined) return super.load(context, config, callbacks)
      known.delete(address)
      this.context = context
      const now = performance.now()
      this.stats.loading = { start: now, first: now, end: now }
      this.stats.loaded = this.stats.total = data.length
      this.answering = setTimeout(() => callbacks.onSuccess({ url, data, code: 200 }, this.stats, context, null))
    }

    override abort(): void {
      clearTimeout(this.answering)
      super.abort()
    }

    override destroy(): void {
      clearTimeout(this.answering)
      super.destroy()
    }
  }
}
