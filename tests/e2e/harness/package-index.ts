// A Python package index on loopback (PEP 503), which can be told to keep its clients waiting.

import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { brokenSdist } from './sdist.ts';
import { type Facts, type Wheel, wheel } from './wheel.ts';

export class PackageIndex {
  readonly #wheels = new Map<string, Wheel[]>();
  readonly #server: Server;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;
  #asked = 0;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      this.#asked += 1;
      await this.#gate;
      const [status, type, body] = this.#answer(request.url ?? '/');
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  }

  static async start(): Promise<PackageIndex> {
    const index = new PackageIndex();
    await new Promise<void>((resolve) => index.#server.listen(0, '127.0.0.1', resolve));
    return index;
  }

  /** The line of a requirements file that makes an install look here. */
  get option(): string {
    return `--index-url ${this.#origin}/simple/`;
  }

  /** Where a wheel can be fetched by hand. */
  wheelUrl(name: string, version: string): string {
    return `${this.#origin}/files/${encodeURIComponent(`${name}-${version}-py3-none-any.whl`)}`;
  }

  /** Where it is. */
  get url(): string {
    return `${this.#origin}/`;
  }

  get #origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Publishes a pure Python package with one module of the same name. */
  publish(name: string, version: string, facts: Facts = {}): void {
    this.#add(name, wheel(name, version, facts));
  }

  /** Publishes a package that has to be built, which fails with this reason. */
  publishBroken(name: string, version: string, reason: string): void {
    this.#add(name, brokenSdist(name, version, reason));
  }

  #add(name: string, file: Wheel): void {
    this.#wheels.set(name, [...(this.#wheels.get(name) ?? []), file]);
  }

  /** From now on every client waits. */
  hold(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  /** Lets all who wait go on. */
  release(): void {
    this.#open();
    this.#gate = Promise.resolve();
  }

  /** How many requests came in. */
  get asked(): number {
    return this.#asked;
  }

  async close(): Promise<void> {
    this.release();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(url: string): [number, string, string | Buffer] {
    const [, section, escaped] = new URL(url, 'http://localhost').pathname.split('/');
    const name = decodeURIComponent(escaped ?? '');
    if (section === 'simple' && name) return this.#page(name);
    const file = [...this.#wheels.values()].flat().find((wheel) => wheel.file === name);
    return section === 'files' && file ? [200, 'application/octet-stream', file.content] : NOT_FOUND;
  }

  #page(name: string): [number, string, string] {
    const wheels = this.#wheels.get(name.replaceAll('-', '_'));
    if (!wheels) return NOT_FOUND;
    const links = wheels.map(({ file, sha256 }) => `<a href="/files/${file}#sha256=${sha256}">${file}</a>`);
    return [200, 'text/html', `<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`];
  }
}

const NOT_FOUND: [number, string, string] = [404, 'text/plain', 'not found'];
