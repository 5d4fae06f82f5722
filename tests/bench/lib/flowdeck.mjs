// The built product, on folders of its own.

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const root = path.resolve(import.meta.dirname, '../../..');
const binary = process.env.FLOWDECK_BIN ?? path.join(root, 'target/release/flowdeck');
const assets = process.env.FLOWDECK_ASSETS ?? path.join(root, 'dist');
const TOKEN = 'a-token-for-benchmarks-0123456789';
const WORKSPACE =
  'flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default';
const SESSIONS = `${WORKSPACE}/Flows`;

export const samples = path.join(root, 'samples');

/** Gives `work` a temporary folder, and removes it whatever happens. */
export async function withFolder(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'fdb'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Gives `work` a running server; ends its sessions and it, whatever happens. `flows` names samples, `data` the data
 * folder when it is not to be a new one.
 */
export async function withServer({ flows = ['greeting'], data, standby = 0, env = {}, prepare, args = [] }, work) {
  await withFolder(async (folder) => {
    const server = new Flowdeck(folder, data ?? path.join(folder, 'data'));
    for (const flow of flows) cpSync(path.join(samples, flow), path.join(server.flows, flow), { recursive: true });
    prepare?.(server.flows);
    await server.start(standby, env, args);
    try {
      return await work(server);
    } finally {
      await server.close();
    }
  });
}

/** A data folder that shares base packages and tools with another one. */
export function sharing(other, data) {
  mkdirSync(data, { recursive: true });
  for (const name of ['base', 'tools']) symlinkSync(path.join(other, name), path.join(data, name));
  return data;
}

class Flowdeck {
  #process;
  readyUrl;

  constructor(folder, data) {
    this.flows = path.join(folder, 'flows');
    this.data = data;
    mkdirSync(this.flows);
  }

  get base() {
    return new URL('/', this.readyUrl).href;
  }

  async start(standby, env, args = []) {
    const folders = ['--flows', this.flows, '--data', this.data, '--assets', assets];
    this.#process = spawn(binary, ['serve', ...folders, '--listen', '127.0.0.1:0', '--standby', String(standby), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { RUST_LOG: 'warn', ...process.env, FLOWDECK_TOKEN: TOKEN, ...env },
    });
    const url = await new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
      createInterface({ input: this.#process.stdout }).on('line', (line) => {
        const url = /ready at (http:\/\/\S+)/.exec(line)?.[1];
        if (url) resolve(url);
      });
    });
    // The server prints the token to a terminal alone.
    this.readyUrl = new URL(`?token=${TOKEN}`, url).href;
  }

  async close() {
    for (const { id, session } of (await this.get('api/projects/default/flows')).flows) {
      if (session !== 'notExist') await this.stopSession(id);
    }
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
  }

  async #request(relative, method, body, headers = {}) {
    const response = await fetch(new URL(relative, this.base), {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${relative}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  get(relative) {
    return this.#request(relative, 'GET');
  }

  /** Starts a session with default settings; resolves when it is available, with its view. */
  async startSession(flow) {
    await this.#request(`${SESSIONS}/${flow}/sessions`, 'POST', { action: 'Install' });
    const view = await this.#session(flow, ({ state }) => state !== 'starting');
    if (view.state !== 'available') throw new Error(JSON.stringify(view));
    return view;
  }

  /** Resets the session; resolves when the new one is available, with its view. */
  async resetSession(flow) {
    const { sessionId } = await this.get(`api/projects/default/flows/${flow}/session`);
    await this.#request(`${SESSIONS}/${flow}/sessions`, 'POST', { action: 'Reset' });
    const view = await this.#session(flow, (view) => view.sessionId !== sessionId && !['starting', 'stopping'].includes(view.state));
    if (view.state !== 'available') throw new Error(JSON.stringify(view));
    return view;
  }

  async stopSession(flow) {
    await this.#request(`${SESSIONS}/${flow}/sessions`, 'DELETE');
    await this.#session(flow, ({ state }) => state === 'notExist');
  }

  /** Whether a runtime that nobody uses is ready. */
  async standsBy() {
    const pools = await this.get(`${WORKSPACE}/FlowSessions/standbypools`);
    return pools.some((pool) => pool.standbyAvailableInstances.length > 0);
  }

  #session(flow, holds) {
    return until(async () => {
      const view = await this.get(`api/projects/default/flows/${flow}/session`);
      return holds(view) && view;
    });
  }

  /** Adds a connection, as the API takes it. */
  async addConnection(name, connection) {
    await this.#request(`api/projects/default/connections/${name}`, 'PUT', connection, { 'if-none-match': '*' });
  }

  /** Streams a run of the flow; resolves at its end, with the time at which its first text was told. */
  async firstText(flow) {
    const closing = new AbortController();
    const url = new URL(`api/projects/default/flows/${flow}/events`, this.base);
    const events = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` }, signal: closing.signal });
    const first = (async () => {
      let text = '';
      for await (const part of events.body) {
        const now = performance.now();
        text += Buffer.from(part).toString();
        if (text.includes('"runText"')) return now;
      }
      throw new Error('the events ended before any text');
    })();
    try {
      await this.run(flow, { stream: true });
      return await first;
    } finally {
      closing.abort();
    }
  }

  /** Runs the whole flow with its defaults; resolves at its end. */
  async run(flow, request = {}) {
    const runs = `api/projects/default/flows/${flow}/runs`;
    const { summary } = await this.#request(runs, 'POST', request);
    const run = await until(async () => {
      const run = await this.get(`${runs}/${summary.id}`);
      return !['running', 'canceling'].includes(run.summary.state) && run;
    });
    if (run.summary.state !== 'completed') throw new Error(JSON.stringify(run));
    return run;
  }
}

/** Asks every 10 ms until the answer is something. */
export async function until(ask) {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await pause(10);
  }
}
