// The screen of a room, without a browser of its own.
import type { Server } from './server.ts';

/** Has a screen paired and let in. Returns: its cookie's value. */
export async function letScreenIn(server: Server, site: number): Promise<string> {
  const post = (path: string, body: object) =>
    fetch(`${server.addresses.http}/api/v1/screens/pairing${path}`, {
      method: 'POST',
      headers: { 'x-requested-with': 'airclass', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const { code, secret } = (await (await post('', {})).json()) as { code: string; secret: string };
  await server.tool('screen', 'pair', code, '--site', String(site), '--name', '大屏');
  const claimed = await post('/claim', { secret });
  return claimed.headers.get('set-cookie')!.split(';')[0]!.split('=')[1]!;
}
