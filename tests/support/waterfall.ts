// What a page asks of the network, and when: for looking at where a slow line's time goes.
import type { CDPSession } from 'playwright-core';

interface Asked {
  path: string;
  priority: string;
  sentS: number;
  answeredS?: number;
  doneS?: number;
  bytes: number;
}

export interface Network {
  paths(): string[];
  text(): string;
}

/** Starts to note. The session must have its Network domain enabled. */
export function watchNetwork(session: CDPSession): Network {
  const asked = new Map<string, Asked>();
  let firstS: number | undefined;
  session.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) => {
    firstS ??= timestamp;
    const { pathname } = new URL(request.url);
    asked.set(requestId, { path: pathname, priority: request.initialPriority, sentS: timestamp, bytes: 0 });
  });
  const note = (requestId: string, change: (one: Asked) => void) => {
    const one = asked.get(requestId);
    if (one) change(one);
  };
  session.on('Network.responseReceived', ({ requestId, timestamp }) =>
    note(requestId, (one) => { one.answeredS = timestamp; }));
  session.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) =>
    note(requestId, (one) => { one.doneS = timestamp; one.bytes = encodedDataLength; }));
  const ms = (s: number | undefined) => (s === undefined ? '-' : ((s - firstS!) * 1000).toFixed(0)).padStart(6);
  return {
    paths: () => [...asked.values()].map(({ path }) => path),
    text: () => ['  sent answer   done  bytes priority path', ...[...asked.values()].map((one) => [
      ms(one.sentS), ms(one.answeredS), ms(one.doneS),
      String(one.bytes).padStart(6), one.priority.padEnd(8), one.path,
    ].join(' '))].join('\n'),
  };
}
