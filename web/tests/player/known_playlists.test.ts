// @vitest-environment jsdom
import type { LoaderCallbacks, LoaderContext, LoaderConfiguration, PlaylistLoaderContext } from 'hls.js'
import Hls from 'hls.js'
import { expect, it, vi } from 'vitest'
import { knownPlaylists } from '@/player/known_playlists'

it('a playlist that is known is given once, and then asked for', async () => {
  const Loader = knownPlaylists(new Map([[new URL('/a.m3u8', location.href).href, 'known']]))
  const network = vi.spyOn(Hls.DefaultConfig.loader.prototype, 'load').mockImplementation(() => undefined)
  const ask = (url: string): Promise<unknown> =>
    new Promise((answered) => {
      const context = { url, responseType: 'text' } as PlaylistLoaderContext
      const onSuccess = ({ data }: { data: unknown }): void => answered(data)
      new Loader({ ...Hls.DefaultConfig }).load(
        context, {} as LoaderConfiguration, { onSuccess } as unknown as LoaderCallbacks<LoaderContext>,
      )
      if (network.mock.calls.length > 0) answered('asked for')
    })
  expect(await ask('/a.m3u8')).toBe('known')
  expect(await ask('/a.m3u8')).toBe('asked for')
  network.mockRestore()
})
