// A spreadsheet as LibreOffice shows it: it opens a workbook, computes it again and tells
// what every cell is.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './process.ts';

export interface Cell {
  /** As OpenDocument names them: string, float, time, percentage ...; '' when it is empty. */
  type: string;
  text: string;
  /** Of times: milliseconds. */
  number: number;
}

const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
`;

/** Writes each of `files` beside it in `form`, such as fods or pdf. Sums are LibreOffice's own. */
export async function convert(files: string[], form: string, folder: string): Promise<void> {
  const profile = join(folder, 'profile');
  await mkdir(join(profile, 'user'), { recursive: true });
  await writeFile(join(profile, 'user', 'registrymodifications.xcu'), settings);
  await run('soffice', [
    `-env:UserInstallation=file://${profile}`, '--headless', '--convert-to', form, '--outdir', folder, ...files,
  ]);
}

const attribute = (tag: string, name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];

/** The paragraphs of a cell. */
const plain = (xml: string) =>
  [...xml.matchAll(/<text:p>([\s\S]*?)<\/text:p>/g)].map(([, text]) => text).join('\n')
    .replace(/<text:s[^>]*>/g, ' ').replace(/<[^>]*>/g, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');

/** "PT27H05M00.5S" */
function milliseconds(time: string): number {
  const [, sign, hours, minutes, seconds] = /^(-?)PT(\d+)H(\d+)M([\d.]+)S$/.exec(time)!;
  return (sign ? -1 : 1) * Math.round((Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000);
}

function read(tag: string, content: string): Cell {
  const type = attribute(tag, 'office:value-type') ?? '';
  const time = attribute(tag, 'office:time-value');
  const number = time ? milliseconds(time) : Number(attribute(tag, 'office:value') ?? NaN);
  return { type, text: plain(content), number };
}

/** The rows of a flat OpenDocument sheet (fods). */
export async function rowsOf(file: string): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  const row = /<table:table-row[^>]*?(?:\/>|>([\s\S]*?)<\/table:table-row>)/g;
  const cell = /<table:table-cell([^>]*?)(?:\/>|>([\s\S]*?)<\/table:table-cell>)/g;
  for (const [, cells = ''] of (await readFile(file, 'utf8')).matchAll(row)) {
    const shown: Cell[] = [];
    for (const [, tag = '', content = ''] of cells.matchAll(cell)) {
      const times = Number(attribute(tag, 'table:number-columns-repeated') ?? 1);
      for (let i = 0; i < Math.min(times, 100); i++) shown.push(read(tag, content));
    }
    rows.push(shown);
  }
  return rows;
}
