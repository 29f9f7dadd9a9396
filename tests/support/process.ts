// Child processes that a test starts and is sure to end.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export class Process {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  stdout = '';
  stderr = '';
  #done = false;

  constructor(command: string, args: string[], options: SpawnOptions = {}) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.child.stdin?.on('error', () => {}); // it may end before it has read everything
    this.finished = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.#done = true;
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
    this.finished.catch(() => {});
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the process did not start');
    return this.child.pid;
  }

  get running(): boolean {
    return !this.#done;
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    if (this.running) this.child.kill(signal);
    return this.finished;
  }
}

/** Runs a command to its end; throws with its standard error unless it exits with 0. */
export async function run(command: string, args: string[], input = ''): Promise<string> {
  const process = new Process(command, args);
  process.child.stdin?.end(input);
  const { code, signal, stdout, stderr } = await process.finished;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}: ${stderr}`);
  return stdout;
}

/** Polls until `probe` gives something; for states that tell nobody when they come. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false && value !== null) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}${last ? `: ${String(last)}` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
