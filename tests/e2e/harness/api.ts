// The server's API, as far as tests prepare, verify or clean up with it.

import { until } from './wait.ts';

interface SessionView {
  state: 'notExist' | 'starting' | 'available' | 'stopping' | 'failed';
  sessionId?: string;
  route?: 'standby' | 'base' | 'fresh' | 'kept';
  size?: { name: string };
  maxIdleTimeSeconds?: number;
  idleDeadline?: number;
  failure?: { code: string; message: string };
  install?: { state: string };
}

/** What a session is asked for with. */
export interface SessionSettings {
  compute?: { serverless: { vmSize?: string; identity?: string } } | { instance: { name: string } };
  baseImage?: string;
  idleShutdown?: 'default' | 'never' | { after: number };
}

interface SizeOption {
  name: string;
  unavailable?: string;
}

/** One of all compute sessions, a flow's or not. */
export interface SessionSummary {
  session: string;
  flow?: string;
  state: SessionView['state'];
}

interface FlowSummary {
  id: string;
  session: SessionView['state'];
}

const PROJECT = 'api/projects/default';
const WORKSPACE =
  'flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default';

export class Api {
  readonly #base: string;
  readonly #token: string;

  constructor(base: string, token: string) {
    this.#base = base;
    this.#token = token;
  }

  /** A request as an API client makes it. */
  async fetch(relative: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${this.#token}`);
    return fetch(new URL(relative, this.#base), { ...init, headers });
  }

  async #json<T>(relative: string, init?: RequestInit): Promise<T> {
    const response = await this.fetch(relative, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${relative}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async flows(): Promise<FlowSummary[]> {
    return (await this.#json<{ flows: FlowSummary[] }>(`${PROJECT}/flows`)).flows;
  }

  session(flow: string): Promise<SessionView> {
    return this.#json(`${PROJECT}/flows/${encodeURIComponent(flow)}/session`);
  }

  /** Whether a runtime that nobody has taken is ready. */
  async standsBy(): Promise<boolean> {
    type Pool = { standbyAvailableInstances: unknown[] };
    const pools = await this.#json<Pool[]>(`${WORKSPACE}/FlowSessions/standbypools`);
    return pools.some((pool) => pool.standbyAvailableInstances.length > 0);
  }

  /** Makes a connection. */
  async addConnection(name: string, connection: object): Promise<void> {
    await this.#json(`${PROJECT}/connections/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-none-match': '*' },
      body: JSON.stringify(connection),
    });
  }

  /** Starts a session and waits until it is available. */
  async startSession(flow: string): Promise<SessionView> {
    await this.#sessions(flow, 'POST', { action: 'Install' });
    const view = await this.#settled(flow);
    if (view.state !== 'available') throw new Error(`the session of ${flow} is ${JSON.stringify(view)}`);
    return view;
  }

  /** Starts a session with these settings, or changes the one that runs to them, and waits until it is available. */
  async putSettings(flow: string, settings: SessionSettings): Promise<SessionView> {
    const view = await this.trySettings(flow, settings);
    if (view.state !== 'available') throw new Error(`the session of ${flow} is ${JSON.stringify(view)}`);
    return view;
  }

  /** As `putSettings`, also where the session fails. */
  async trySettings(flow: string, settings: SessionSettings): Promise<SessionView> {
    await this.#json(`${PROJECT}/flows/${encodeURIComponent(flow)}/session/settings`, {
      method: 'PUT',
      body: JSON.stringify(settings),
      headers: { 'content-type': 'application/json' },
    });
    return this.#settled(flow);
  }

  /** The whole log of a flow's session. */
  async sessionLog(flow: string): Promise<string> {
    return (await this.fetch(`${PROJECT}/flows/${encodeURIComponent(flow)}/session/log`)).text();
  }

  /** The VM sizes on offer, smallest first. */
  async sizes(): Promise<SizeOption[]> {
    return (await this.#json<{ sizes: SizeOption[] }>(`${PROJECT}/compute-options`)).sizes;
  }

  /** Every session there is, also those that are no flow's. */
  async sessions(): Promise<SessionSummary[]> {
    return (await this.#json<{ sessions: SessionSummary[] }>(`${PROJECT}/sessions`)).sessions;
  }

  /** Makes a session without a flow, as a client of the public contract does, and waits until it is available. */
  async createSession(id: string, request: object = {}): Promise<void> {
    await this.#json(`${WORKSPACE}/FlowSessions/${encodeURIComponent(id)}`, {
      method: 'POST',
      body: JSON.stringify(request),
      headers: { 'content-type': 'application/json' },
    });
    await until(`the session ${id} to be available`, async () => {
      const found = (await this.sessions()).find((one) => one.session === id);
      if (found?.state === 'failed') throw new Error(`the session ${id} has failed`);
      return found?.state === 'available';
    }, 300_000);
  }

  /** Starts a compute instance. */
  async startInstance(name: string): Promise<void> {
    await this.#json(`${PROJECT}/instances/${encodeURIComponent(name)}/start`, { method: 'POST' });
  }

  /** The compute instances as they stand. */
  async instances(): Promise<{ name: string; state: 'Running' | 'Stopped'; sessions: number }[]> {
    return (await this.#json<{ instances: [] }>(`${PROJECT}/compute-options`)).instances;
  }

  /** Stops every session there is and waits until none is left. */
  async stopSessions(): Promise<void> {
    for (const { id } of (await this.flows()).filter((flow) => flow.session !== 'notExist')) {
      const view = await this.#unlessStopping(id);
      if (view.state !== 'notExist') await this.#sessions(id, 'DELETE');
      await until(`the session of ${id} to stop`, async () => (await this.session(id)).state === 'notExist');
    }
    for (const { session, state } of await this.sessions()) {
      if (state !== 'stopping') await this.fetch(`${WORKSPACE}/FlowSessions/${encodeURIComponent(session)}`, { method: 'DELETE' });
    }
    await until('all sessions to stop', async () => (await this.sessions()).length === 0);
  }

  #settled(flow: string): Promise<SessionView> {
    return until(`the session of ${flow} to settle`, async () => {
      const view = await this.session(flow);
      return view.state !== 'starting' && view.state !== 'stopping' && view;
    }, 300_000);
  }

  #unlessStopping(flow: string): Promise<SessionView> {
    return until(`the session of ${flow} to have stopped`, async () => {
      const view = await this.session(flow);
      return view.state !== 'stopping' && view;
    });
  }

  async #sessions(flow: string, method: string, body?: object): Promise<void> {
    const response = await this.fetch(`${WORKSPACE}/Flows/${encodeURIComponent(flow)}/sessions`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} session of ${flow}: ${response.status} ${await response.text()}`);
  }
}
