// What a page asks of the network, and when: for looking at where a slow line's time goes.
import type { CDPSession } from 'playwright-core';

interface Asked {
  what: string;
  sentS: number;
  answeredS?: number;
  doneS?: number;
  bytes: number;
}

/** Starts to note. The session must have its Network domain enabled. */
export function watchNetwork(session: CDPSession): { text(): string } {
  const asked = new Map<string, Asked>();
  let firstS: number | undefined;
  session.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) => {
    firstS ??= timestamp;
    const what = `${request.initialPriority.padEnd(8)} ${new URL(request.url).pathname}`;
    asked.set(requestId, { what, sentS: timestamp, bytes: 0 });
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
    text: () => ['  sent answer   done  bytes priority path', ...[...asked.values()].map((one) =>
      `${ms(one.sentS)} ${ms(one.answeredS)} ${ms(one.doneS)} ${String(one.bytes).padStart(6)} ${one.what}`)].join('\n'),
  };
}
