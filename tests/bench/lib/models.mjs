// A model server on loopback that answers as OpenAI's does, and says when it did: its own time is no program's cost.

import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export const KEY = 'sk-benchmark-0123456789';
const WORDS = ['One', ' answer', ' of', ' a', ' few', ' words.'];
/** Between the words of a streamed answer, in milliseconds. */
const PACE = 150;

export class Models {
  #server;
  /** How long the last answer took, from its question's arrival, in seconds. */
  took = 0;
  /** When the last streamed answer's first word was sent, as `performance.now()` has it. */
  firstWord = 0;

  static async start() {
    const models = new Models();
    models.#server = createServer((request, response) => void models.#answer(request, response));
    await new Promise((resolve) => models.#server.listen(0, '127.0.0.1', resolve));
    return models;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/v1`;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request, response) {
    const began = performance.now();
    let text = '';
    for await (const part of request) text += part;
    if (request.headers.authorization !== `Bearer ${KEY}`) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"Incorrect API key provided."}}');
      return;
    }
    const { model, stream } = JSON.parse(text);
    const common = { id: 'c', created: 1, model };
    if (stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const [at, word] of WORDS.entries()) {
        if (at > 0) await pause(PACE);
        const choices = [{ index: 0, delta: { role: 'assistant', content: word }, finish_reason: null }];
        response.write(`data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices })}\n\n`);
        if (at === 0) this.firstWord = performance.now();
      }
      response.end('data: [DONE]\n\n');
    } else {
      const message = { role: 'assistant', content: WORDS.join('') };
      const choices = [{ index: 0, finish_reason: 'stop', message }];
      const usage = { prompt_tokens: 7, completion_tokens: 6, total_tokens: 13 };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...common, object: 'chat.completion', choices, usage }));
    }
    this.took = (performance.now() - began) / 1000;
  }
}
