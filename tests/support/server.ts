// The real daemon on a data directory of its own, on ports from the kernel.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Process, run, until } from './process.ts';
import { top } from './top.ts';

export const build = resolve(process.env.AIRCLASS_BUILD ?? join(top, 'build'));
export const password = 'correct horse battery';

export interface Addresses {
  http: string;
  https: string | null;
  rtmp: string;
  srt: string | null;
  admin: string;
  pid: number;
}

export interface Lesson {
  lesson: number;
  stream_key: string;
  rtmp_url: string;
  backup_url: string;
  srt_url: string;
  srt_passphrase: string;
  page_url: string;
}

export interface ListedLesson {
  lesson: number;
  state: 'planned' | 'open' | 'live' | 'ended' | 'cancelled';
  interrupted: boolean;
  length_ms: number;
  creditable_ms: number;
}

export interface AttendanceRow {
  member: string;
  accepted_ms: number;
  earned_ms: number;
}

export class Server {
  addresses!: Addresses;
  #process: Process | undefined;
  #starts = 0;
  #ports: Partial<Record<'listen' | 'rtmp' | 'srt', string>> = {};

  private constructor(
    readonly data: string,
    private readonly options: string[],
    private readonly env: Record<string, string> = {},
  ) {}

  /** Starts a daemon; end it with dispose(). */
  static async start(...options: string[]): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), 'airclass-test-')), options);
    await server.tool('init');
    await server.up();
    return server;
  }

  /** As start(), on a disk that disk() makes worse. */
  static async startOnBadDisk(...options: string[]): Promise<Server> {
    const data = await mkdtemp(join(tmpdir(), 'airclass-test-'));
    const server = new Server(data, options, {
      LD_PRELOAD: join(build, 'tests/slow-disk.so'),
      AIRCLASS_TEST_DISK: `${data}.disk`,
    });
    await server.disk(0);
    await server.tool('init');
    await server.up();
    return server;
  }

  /** What a sync of a media file takes longer from now on, ms; or no media file grows. */
  async disk(state: number | 'full'): Promise<void> {
    await writeFile(`${this.data}.disk`, String(state));
  }

  /** Starts the daemon, after down() or kill() on the same ports as before.
   *  @more: options that it has this time only */
  async up(...more: string[]): Promise<void> {
    const ready = join(this.data, `ready-${++this.#starts}.json`);
    const daemon = new Process(join(build, 'airclassd'), [
      '--data-dir', this.data,
      '--listen', this.#ports.listen ?? '127.0.0.1:0',
      '--rtmp', this.#ports.rtmp ?? '127.0.0.1:0',
      '--srt', this.#ports.srt ?? '127.0.0.1:0',
      '--admin', '127.0.0.1:0',
      '--ready-file', ready,
      // A machine that runs tests is busy; what is not there cannot be looked at.
      '--shedding=false',
      '--admission=false',
      ...this.options,
      ...more,
    ], { env: { ...process.env, ...this.env } });
    this.#process = daemon;
    await until('the ready file', () => {
      if (!daemon.running) throw new Error(`the daemon ended: ${daemon.stderr}`);
      return existsSync(ready);
    });
    this.addresses = JSON.parse(await readFile(ready, 'utf8')) as Addresses;
    this.#ports = {
      listen: new URL(this.addresses.http).host,
      rtmp: new URL(this.addresses.rtmp.replace('rtmp:', 'http:')).host,
      srt: new URL(this.addresses.srt!.replace('srt:', 'http:')).host,
    };
  }

  get log(): string {
    return this.#process?.stderr ?? '';
  }

  get pid(): number {
    return this.addresses.pid;
  }

  /** SIGTERM; resolves with the exit code. */
  async down(): Promise<number | null> {
    return (await this.#process!.end()).code;
  }

  async kill(): Promise<void> {
    await this.#process!.end('SIGKILL');
  }

  async dispose(): Promise<void> {
    if (this.#process?.running) await this.#process.end();
    await rm(this.data, { recursive: true, force: true });
    await rm(`${this.data}.disk`, { force: true });
  }

  tool(...args: string[]): Promise<string> {
    return run(join(build, 'airclass'), ['--data-dir', this.data, ...args]);
  }

  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.tool('--json', ...args)) as T;
  }

  /** @branch: the number of their home branch, if they have one */
  async addMember(number: string, name: string, role = 'member', branch?: number): Promise<void> {
    await run(
      join(build, 'airclass'),
      ['--data-dir', this.data, 'member', 'add', '--number', number, '--name', name, '--role', role, '--password-stdin',
        ...(branch === undefined ? [] : ['--branch', String(branch)])],
      `${password}\n`,
    );
  }

  /** The cookie of a new session of a member. */
  async signIn(number: string): Promise<string> {
    const answer = await fetch(`${this.addresses.http}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'airclass' },
      body: JSON.stringify({ number, password }),
    });
    if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`);
    return answer.headers.get('set-cookie')!.split(';')[0]!;
  }

  addLesson(title: string, ...options: string[]): Promise<Lesson> {
    return this.json<Lesson>('lesson', 'add', '--title', title, ...options);
  }

  async lessons(): Promise<ListedLesson[]> {
    return (await this.json<{ lessons: ListedLesson[] }>('lesson', 'list')).lessons;
  }

  async mediaUrl(lesson: number): Promise<string> {
    return (await this.json<{ multivariant: string }>('lesson', 'url', String(lesson))).multivariant;
  }

  attendance(lesson: number): Promise<AttendanceRow[]> {
    return this.json<AttendanceRow[]>('attendance', String(lesson));
  }

  /** Pids of the daemon's workers. */
  async workers(): Promise<number[]> {
    const children = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number);
  }
}
