// A reverse proxy that serves everything below one path, as an administrator's would.

import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Proxy {
  readonly #server: Server;
  /** Requests that left the path it serves. */
  readonly strays: string[] = [];

  private constructor(target: () => URL, below: string) {
    this.#server = createServer((incoming, outgoing) => {
      if (incoming.url !== below && !incoming.url?.startsWith(`${below}/`)) {
        this.strays.push(incoming.url ?? '');
        outgoing.writeHead(404).end();
        return;
      }
      const { hostname, port } = target();
      const { url: path, method, headers } = incoming;
      const onward = forward({ hostname, port, path, method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end());
      outgoing.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
  }

  /** `target` is asked at each request, so that the proxy can start before the server. */
  static async start(target: () => URL, below: string): Promise<Proxy> {
    const proxy = new Proxy(target, below);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** Where it listens, as `host:port`. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
