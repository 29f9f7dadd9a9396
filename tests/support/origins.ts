// Servers that a lesson can be fetched from, each with a looping clip: a camera, an HLS
// origin, an RTMP server, an SRT listener. Killed and started again on the same port.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createSocket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Process, until } from './process.ts';
import { build } from './server.ts';

export interface Origin {
  /** As the lesson's source; the same after a restart. */
  address: string;
  start(): Promise<void>;
  /** As a power cut does. */
  kill(): Promise<void>;
}

/** A port that was free a moment ago: not every server can be asked for any. */
export async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

const loop = (clip: string, ...output: string[]) =>
  new Process('ffmpeg', ['-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', clip, '-c', 'copy', ...output]);

export async function camera(clip: string, user: string, password: string): Promise<Origin> {
  const port = await freePort();
  let process: Process;
  return {
    address: `rtsp://${user}:${password}@127.0.0.1:${port}/ch1`,
    async start() {
      process = new Process(join(build, 'tests/integration/camera'), [String(port), user, password, clip]);
      await until('the camera', () => {
        if (!process.running) throw new Error(process.stderr);
        return process.stdout.includes('rtsp://');
      });
    },
    kill: async () => void (await process?.end('SIGKILL')),
  };
}

export async function srtListener(clip: string): Promise<Origin> {
  const port = await freePort();
  let process: Process;
  return {
    address: `srt://127.0.0.1:${port}?passphrase=hunter2hunter2`,
    async start() {
      process = loop(clip, '-f', 'mpegts', `srt://127.0.0.1:${port}?mode=listener&passphrase=hunter2hunter2`);
    },
    kill: async () => void (await process?.end('SIGKILL')),
  };
}

export async function rtmpServer(clip: string): Promise<Origin> {
  const port = await freePort();
  const address = `rtmp://127.0.0.1:${port}/live/lesson`;
  let processes: Process[] = [];
  let folder: string;
  return {
    address,
    async start() {
      folder = await mkdtemp(join(tmpdir(), 'airclass-nginx-'));
      await writeFile(join(folder, 'nginx.conf'), `
        load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
        daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/log;
        events { worker_connections 64; }
        rtmp { server { listen 127.0.0.1:${port}; application live { live on; } } }`);
      const server = new Process('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')]);
      processes = [server];
      const publisher = await until('nginx', async () => {
        if (!server.running) throw new Error(server.stderr);
        const encoder = loop(clip, '-f', 'flv', address);
        await new Promise((resolve) => setTimeout(resolve, 300));
        return encoder.running && encoder;
      });
      processes.push(publisher);
    },
    async kill() {
      await Promise.all(processes.map((process) => process.end('SIGKILL')));
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function hlsOrigin(clip: string): Promise<Origin> {
  const port = await freePort();
  let encoder: Process;
  let http: HttpServer | undefined;
  let folder: string;
  return {
    address: `http://127.0.0.1:${port}/live.m3u8?token=hunter2`,
    async start() {
      folder = await mkdtemp(join(tmpdir(), 'airclass-hls-'));
      encoder = loop(clip, '-f', 'hls', '-hls_time', '1', '-hls_list_size', '5',
        '-hls_flags', 'delete_segments+temp_file', join(folder, 'live.m3u8'));
      http = createServer(async (request, response) => {
        try {
          const name = basename(new URL(request.url!, 'http://origin').pathname);
          response.end(await readFile(join(folder, name)));
        } catch {
          response.writeHead(404).end();
        }
      });
      await new Promise<void>((resolve) => http!.listen(port, '127.0.0.1', resolve));
    },
    async kill() {
      await encoder?.end('SIGKILL');
      http?.closeAllConnections();
      await new Promise((resolve) => (http ? http.close(resolve) : resolve(undefined)));
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}
