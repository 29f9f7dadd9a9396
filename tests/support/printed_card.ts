// A member's card as the server prints it, held before the camera of a phone.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { people } from './county.ts';
import { run } from './process.ts';
import type { Server } from './server.ts';

/** Where the first card lies on the sheet (server/reports/card_sheet.c), mm. */
const card = { x: 19.4, y: 13.5, width: 85.6, height: 54 };
const DOTS_PER_INCH = 200;

/** Prints cards for all of @branch, and films the first one: a little askew on a table, by
 *  a camera with noise. Returns: the film for Chromium's fake camera, and whose card it is. */
export async function filmPrintedCard(server: Server, branch: number): Promise<{ film: string; number: string }> {
  const sheet = join(server.data, 'cards.pdf');
  const film = join(server.data, 'card.y4m');
  const cookie = await server.signIn(people.staff.number);
  const answer = await fetch(`${server.addresses.http}/api/v1/branches/${branch}/cards`, {
    method: 'POST',
    headers: { cookie, 'x-requested-with': 'airclass', 'content-type': 'application/json' },
    body: JSON.stringify({ reason: '第一次发卡' }),
  });
  if (!answer.ok) throw new Error(`cards: ${answer.status} ${await answer.text()}`);
  await writeFile(sheet, new Uint8Array(await answer.arrayBuffer()));

  const crop = ['-f', '1', '-l', '1', '-r', String(DOTS_PER_INCH),
    ...Object.entries({ x: card.x, y: card.y, W: card.width, H: card.height })
      .flatMap(([name, mm]) => [`-${name}`, String(Math.round((mm / 25.4) * DOTS_PER_INCH))])];
  const number = /编号\s*(\d+)/.exec(await run('pdftotext', [...crop, sheet, '-']))?.[1];
  if (number === undefined) throw new Error('the first card bears no number');
  await run('pdftoppm', ['-png', '-singlefile', ...crop, sheet, join(server.data, 'card')]);
  await run('ffmpeg', [
    '-nostdin', '-v', 'error', '-y', '-loop', '1', '-t', '1', '-r', '10', '-i', join(server.data, 'card.png'),
    '-vf', 'rotate=0.1:ow=900:oh=640:c=0x6b5d4f,pad=1280:720:120:40:0x6b5d4f,eq=contrast=0.8,noise=alls=12:allf=t,format=yuv420p',
    film,
  ]);
  return { film, number };
}
