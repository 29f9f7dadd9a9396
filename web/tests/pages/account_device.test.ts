import { describe, expect, it } from 'vitest'
import { deviceOf } from '@/pages/account/device'

describe('a browser by what it calls itself', () => {
  it.each([
    ['Mozilla/5.0 (Linux; Android 10; HLK-AL10) AppleWebKit/537.36 Chrome/86.0 MMWEBID/1 MicroMessenger/8.0.2', 'android', 'wechat'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1 Version/15.0 Mobile Safari/604.1', 'iphone', 'safari'],
    ['Mozilla/5.0 (iPad; CPU OS 15_0 like Mac OS X) AppleWebKit/605.1 CriOS/98.0 Safari/604.1', 'ipad', 'chrome'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/110.0 Safari/537.36 Edg/110.0', 'windows', 'edge'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:109.0) Gecko/20100101 Firefox/118.0', 'mac', 'firefox'],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36', 'linux', 'chrome'],
    ['curl/7.88', 'other', 'other'],
    [null, 'other', 'other'],
  ])('%s', (userAgent, system, program) => {
    expect(deviceOf(userAgent)).toEqual({ system, program })
  })
})
