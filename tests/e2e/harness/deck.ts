// A real flowdeck server with folders of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { Api } from './api.ts';
import { leftovers } from './leftovers.ts';
import { assets, binary, shared, temporaryFolder } from './places.ts';
import { within } from './wait.ts';

/** What sessions are made of: processes with promptflow, or nothing. */
export type Engine = 'real' | 'fake';

export interface DeckOptions {
  /** How many executors stand by. None, unless a test is about them: each one costs seconds of a core. */
  standby: number;
  /** Further arguments of `flowdeck serve`. */
  args: string[];
  /** Further environment variables of the server. */
  env: Record<string, string>;
}

/** How a server that did not come up ended. */
export interface Refusal {
  code: number | null;
  stderr: string;
}

const READY = /ready at (http:\/\/\S+)/;
const PATIENCE = 60_000;

export class Deck {
  readonly root = temporaryFolder();
  readonly flows = path.join(this.root, 'flows');
  data = path.join(this.root, 'data');
  readonly token = 'a-token-for-tests-0123456789abcdef';
  readonly options: DeckOptions = { standby: 0, args: [], env: {} };

  #server: ChildProcess | undefined;
  #stderr = '';
  #url: URL | undefined;
  #listen = '127.0.0.1:0';
  readonly #engine: Engine;

  constructor(engine: Engine = 'real') {
    this.#engine = engine;
    mkdirSync(this.flows);
  }

  /** Gives the server, before its start, a file of its administrator's: compute instances, identities, runtimes. */
  configure(yaml: string): void {
    const file = path.join(this.root, 'flowdeck.yaml');
    writeFileSync(file, yaml);
    this.options.args.push('--config', file);
  }

  /** The address of the running server that signs in: the server prints it to a terminal. */
  get readyUrl(): string {
    return this.url(`?token=${this.token}`);
  }

  /** An address of the running server, without its token. */
  url(relative = ''): string {
    if (!this.#url) throw new Error('the server was not started');
    return new URL(relative, this.#url).href;
  }

  get api(): Api {
    return new Api(this.url(), this.token);
  }

  /** The server's process id. */
  get pid(): number {
    if (!this.#server?.pid) throw new Error('the server was not started');
    return this.#server.pid;
  }

  /** What the running or last server wrote to its standard error. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Starts the server and waits until it says that it can be used. Again: on the same port, with the same folders. */
  async start(): Promise<void> {
    if (this.#engine === 'real') this.#shareWhatIsSlowToMake();
    const outcome = await this.tryStart();
    if (typeof outcome !== 'string') {
      throw new Error(`flowdeck ended with ${outcome.code} before it was ready:\n${outcome.stderr}`);
    }
  }

  /** Base environments and tools are the same for all servers: a first start would take minutes. */
  #shareWhatIsSlowToMake(): void {
    for (const name of ['base', 'tools']) {
      const link = path.join(this.data, name);
      if (existsSync(link)) continue;
      mkdirSync(this.data, { recursive: true });
      symlinkSync(shared(name), link);
    }
  }

  /** Starts the server: gives its address, or how it ended. */
  async tryStart(listen = this.#listen): Promise<string | Refusal> {
    const server = spawn(binary, ['serve', ...this.#arguments(listen)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FLOWDECK_TOKEN: this.token, ...this.options.env },
      detached: true,
    });
    this.#server = server;
    this.#stderr = '';
    server.stderr.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    const outcome = await within(PATIENCE, 'the server to be ready or to end', this.#outcome(server));
    if (typeof outcome === 'string') {
      this.#url = new URL(outcome);
      this.#listen = this.#url.host;
    }
    return outcome;
  }

  #arguments(listen: string): string[] {
    const { standby, args } = this.options;
    const folders = ['--flows', this.flows, '--data', this.data, '--assets', assets];
    const engine = this.#engine === 'fake' ? ['--engine', 'fake'] : [];
    return [...folders, ...engine, '--listen', listen, '--standby', String(standby), ...args];
  }

  #outcome(server: ChildProcess): Promise<string | Refusal> {
    return new Promise((resolve, reject) => {
      server.once('error', (error) => reject(new Error(`cannot run ${binary}: ${error.message}`)));
      server.once('close', (code) => resolve({ code, stderr: this.#stderr }));
      if (!server.stdout) return;
      createInterface({ input: server.stdout }).on('line', (line) => {
        const url = READY.exec(line)?.[1];
        if (url) resolve(url);
      });
    });
  }

  /** Kills the server outright, as a crash or the system's out-of-memory killer would. Sessions live on. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks the server to end. Sessions live on. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    server.kill(signal);
    await within(PATIENCE, `the server to end after ${signal}`, ended);
  }

  get isRunning(): boolean {
    const server = this.#server;
    return server !== undefined && server.exitCode === null && server.signalCode === null;
  }

  /** Stops every session and the server; says what is then left of them. */
  async close(): Promise<string[]> {
    try {
      if (this.#url && !this.isRunning) await this.start();
      if (this.isRunning) await this.api.stopSessions();
      await this.stop();
      return await leftovers(this.data);
    } finally {
      await this.kill();
    }
  }

  /** Removes the folders. */
  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
