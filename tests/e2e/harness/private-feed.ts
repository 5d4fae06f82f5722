// A package index on loopback that lets in who knows a password, and remembers what it was asked with.

import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { PackageIndex } from './package-index.ts';

export class PrivateFeed {
  readonly #server: Server;
  /** What clients presented, each once. */
  readonly seen = new Set<string>();

  private constructor(index: PackageIndex, user: string, password: string) {
    const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    this.#server = createServer(async (request, response) => {
      const presented = request.headers.authorization;
      this.seen.add(presented ?? '');
      if (presented !== expected) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="feed"' }).end();
        return;
      }
      const answer = await fetch(new URL(request.url ?? '/', index.url));
      const type = answer.headers.get('content-type') ?? 'text/plain';
      response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
    });
  }

  /** A feed of the packages of `index`. */
  static async start(index: PackageIndex, user: string, password: string): Promise<PrivateFeed> {
    const feed = new PrivateFeed(index, user, password);
    await new Promise<void>((resolve) => feed.#server.listen(0, '127.0.0.1', resolve));
    return feed;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The line of a requirements file that makes an install look here, with the session's identity. */
  get option(): string {
    return `-i http://{private}@${this.host}/simple/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
