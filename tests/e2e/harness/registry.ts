// Debian's registry of images, on loopback, and a slow way to it.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import { within } from './wait.ts';

const PATIENCE = 60_000;

export class Registry {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly host: string;

  private constructor(process: ChildProcess, folder: string, host: string) {
    this.#process = process;
    this.#folder = folder;
    this.host = host;
  }

  /** Lets everybody in; with a line that `htpasswd -B` wrote, that user alone. */
  static async start(htpasswd?: string): Promise<Registry> {
    const folder = mkdtempSync(path.join(tmpdir(), 'flowdeck-registry-'));
    const config = path.join(folder, 'config.yml');
    const users = path.join(folder, 'htpasswd');
    if (htpasswd) writeFileSync(users, `${htpasswd}\n`);
    const auth = htpasswd ? `auth: {htpasswd: {realm: tests, path: ${users}}}\n` : '';
    writeFileSync(
      config,
      `version: 0.1\nlog: {level: info, formatter: json}\nstorage: {filesystem: {rootdirectory: ${folder}/storage}}\nhttp: {addr: '127.0.0.1:0'}\n${auth}`,
    );
    const process = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    const port = new Promise<string>((resolve, reject) => {
      process.once('error', reject);
      createInterface({ input: process.stderr }).on('line', (line) => {
        const found = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
        if (found) resolve(found);
      });
    });
    const host = `127.0.0.1:${await within(PATIENCE, 'the registry to listen', port)}`;
    return new Registry(process, folder, host);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill();
    await within(PATIENCE, 'the registry to end', ended);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Lets what a registry sends trickle, until it is told to let it go. */
export class SlowRoad {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #free = false;

  private constructor(host: string) {
    const port = Number(host.split(':')[1]);
    this.#server = createServer((client) => {
      const registry = connect(port, '127.0.0.1');
      for (const socket of [client, registry]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.#sockets.delete(socket));
      }
      // The registry may be done long before all of it has come through.
      client.on('close', () => registry.destroy());
      client.pipe(registry);
      registry.pipe(this.#trickle()).pipe(client);
    });
  }

  static async start(registry: Registry): Promise<SlowRoad> {
    const road = new SlowRoad(registry.host);
    await new Promise<void>((resolve) => road.#server.listen(0, '127.0.0.1', resolve));
    return road;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  letGo(): void {
    this.#free = true;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** At most some 600 KiB a second. */
  #trickle(): Transform {
    return new Transform({
      transform: async (chunk: Buffer, _, done) => {
        if (!this.#free) await pause(Math.ceil(chunk.length / 600));
        done(null, chunk);
      },
    });
  }
}
