// The settings of hls.js, and why each is what it is.
import type { HlsConfig, LoadPolicy, RetryConfig } from 'hls.js'

/** Behind the live edge on purpose, once low latency has proved too much for the line. */
export const CALM_LATENCY_S = 8

/** The server's cap on credit for live media: catching up faster would not be credited. */
export const CATCH_UP_RATE = 1.05

/** hls.js gives up on status 0, which is what a page sees of a daemon that is being
 *  restarted (connection refused). Such failures, time-outs and a busy server are worth
 *  trying again; an address that is refused or gone (4xx) is not, but for a segment: it
 *  stands in the playlist, so a 404 is a cache or a server that is behind for a moment. */
export function isWorthRetrying(status: number): boolean {
  return status === 0 || status === 429 || status >= 500
}

const LISTED_RETRIES = 4

function retries(count: number, longestMs: number, listed = false): RetryConfig {
  return {
    maxNumRetry: count,
    retryDelayMs: 500,
    maxRetryDelayMs: longestMs,
    backoff: 'exponential',
    shouldRetry: (config, retryCount, isTimeout, response) =>
      config != null &&
      retryCount < config.maxNumRetry &&
      (isTimeout ||
        // Without an answer at all it is a gap in the rendition: another one has it.
        (response !== undefined && isWorthRetrying(response.code ?? 0)) ||
        (listed && response?.code === 404 && retryCount < LISTED_RETRIES)),
  }
}

function policy(
  firstByteMs: number,
  loadMs: number,
  count: number,
  longestMs: number,
  listed = false,
): LoadPolicy {
  return {
    default: {
      maxTimeToFirstByteMs: firstByteMs,
      maxLoadTimeMs: loadMs,
      timeoutRetry: retries(count, longestMs),
      errorRetry: retries(count, longestMs, listed),
    },
  }
}

export interface HlsSettingsInput {
  /** The bandwidth at the last visit or of this one's first files, or null. */
  estimateBps: number | null
  /** Lesson time to start at, s; null: the live edge, or the start of a replay. */
  startAt: number | null
  lowLatency: boolean
}

export function hlsSettings(input: HlsSettingsInput): Partial<HlsConfig> {
  return {
    // fMP4 is passed through: a worker would only cost the download of its code.
    enableWorker: false,
    lowLatencyMode: input.lowLatency,
    // liveSyncDuration stays unset in low latency: it would override the server's
    // hold-back. Off low latency it says how far behind to be.
    ...(input.lowLatency ? {} : { liveSyncDuration: CALM_LATENCY_S }),
    maxLiveSyncPlaybackRate: CATCH_UP_RATE,
    // hls.js would add a second to the target for every stall, the start-up's too, and
    // keep it until the address is opened anew: one hiccup and the whole lesson is heard a
    // second later. When a line is too weak for low latency the stall policy says, and
    // then goes back by CALM_LATENCY_S at once.
    liveSyncOnStallIncrease: 0,
    startPosition: input.startAt ?? -1,
    backBufferLength: 30,
    capLevelToPlayerSize: true,
    abrBandWidthUpFactor: 0.6,
    ...(input.estimateBps === null ? {} : { abrEwmaDefaultEstimate: input.estimateBps }),
    // None of these is in our streams; without them nothing looks for them.
    enableWebVTT: false,
    enableIMSC1: false,
    enableCEA708Captions: false,
    enableDateRangeMetadataCues: false,
    enableEmsgMetadataCues: false,
    enableID3MetadataCues: false,
    enableInterstitialPlayback: false,
    // A held playlist is answered within three target durations (6 s), so a first byte
    // that takes longer is a dead line. Retries go on for over a minute.
    manifestLoadPolicy: policy(8_000, 12_000, 12, 4_000),
    playlistLoadPolicy: policy(9_000, 12_000, 24, 3_000),
    fragLoadPolicy: policy(8_000, 20_000, 24, 3_000, true),
  }
}
