// A Chromium that nothing listens in to. A driven one keeps a copy of all that its page
// fetches (100 MB of it), for its driver to ask for: whoever measures memory would measure that.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Process, until } from './process.ts';
import { Socket } from './socket.ts';

type Result = Record<string, unknown>;

class Tools {
  #id = 0;
  private constructor(private readonly socket: Socket) {}

  static async open(address: string): Promise<Tools> {
    return new Tools(await Socket.open(address.replace('ws:', 'http:'), ''));
  }

  async send(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#id;
    this.socket.send({ id, method, params });
    const { result, error } = await until(method, () => this.socket.messages.find((one) => one.id === id));
    this.socket.messages.length = 0;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as Result;
  }

  close(): void {
    this.socket.cut();
  }
}

export class BareChromium {
  private constructor(
    private readonly process: Process, private readonly profile: string,
    readonly page: Tools, readonly system: Tools,
  ) {}

  static async start(flags: string[]): Promise<BareChromium> {
    const profile = await mkdtemp(join(tmpdir(), 'airclass-chromium-'));
    const process = new Process('/usr/bin/chromium', [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...flags, 'about:blank',
    ]);
    const system = await until('DevTools', () => /listening on (ws:\S+)/.exec(process.stderr)?.[1]);
    const target = await until('a page', async () => {
      const response = await fetch(`http://${new URL(system).host}/json/list`);
      const list = await response.json() as Record<string, string>[];
      return list.find(({ type }) => type === 'page');
    });
    const page = await Tools.open(target.webSocketDebuggerUrl!);
    return new BareChromium(process, profile, page, await Tools.open(system));
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.page.send('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { value?: unknown }).value;
  }

  async end(): Promise<void> {
    this.page.close();
    this.system.close();
    await this.process.end();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
