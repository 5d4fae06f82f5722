// A model server on loopback that answers as OpenAI's does: it checks the key that arrives and says what it was asked.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const read = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
};

interface Asked {
  model: string;
  messages: { role: string; content: string }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
}

export class ModelServer {
  /** How many chats were answered. */
  chats = 0;
  /** What the last chat was asked, as `role: content`. */
  heard: string[] = [];
  /** Before the rest of a streamed answer, after its first word, this is waited for. */
  goOn: Promise<void> = Promise.resolve();
  readonly #server: Server;
  readonly #key: string;

  private constructor(key: string) {
    this.#key = key;
    this.#server = createServer((request, response) => {
      const answer = (status: number, body: object): void => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      };
      if (request.headers.authorization !== `Bearer ${this.#key}`) {
        return answer(401, { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } });
      }
      if (request.url === '/v1/models') {
        return answer(200, { object: 'list', data: [{ id: 'small-model', object: 'model' }] });
      }
      if (request.url !== '/v1/chat/completions') return answer(404, { error: { message: 'Not found.' } });
      void read(request).then((text) => {
        this.chats += 1;
        const { model, messages, stream, stream_options } = JSON.parse(text) as Asked;
        this.heard = messages.map(({ role, content }) => `${role}: ${content.trim()}`);
        const content = `${model} heard: ${messages.at(-1)?.content.trim()}`;
        const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };
        if (stream) return void this.#stream(response, model, content, stream_options?.include_usage ? usage : undefined);
        answer(200, {
          id: 'chat-1',
          object: 'chat.completion',
          created: 1,
          model,
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
          usage,
        });
      });
    });
  }

  /** Answers word by word, as server-sent events. */
  async #stream(response: ServerResponse, model: string, content: string, usage?: object): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (delta: object, reason: string | null): void => {
      const choices = [{ index: 0, delta, finish_reason: reason }];
      const chunk = { id: 'chat-1', object: 'chat.completion.chunk', created: 1, model, choices };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    };
    for (const [at, word] of content.split(/(?<= )/).entries()) {
      if (at === 1) await this.goOn;
      send({ role: 'assistant', content: word }, null);
    }
    send({}, 'stop');
    if (usage) {
      const last = { id: 'chat-1', object: 'chat.completion.chunk', created: 1, model, choices: [], usage };
      response.write(`data: ${JSON.stringify(last)}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  }

  /** Starts one that takes this key alone. */
  static async start(key: string): Promise<ModelServer> {
    const models = new ModelServer(key);
    await new Promise<void>((resolve) => models.#server.listen(0, '127.0.0.1', resolve));
    return models;
  }

  /** What an OpenAI connection's base_url says. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A flow of one LLM node that asks for a connection of this name. */
export function llmFlow(connection: string): Record<string, string> {
  return {
    'flow.dag.yaml': `inputs:
  question:
    type: string
    default: How are you?
outputs:
  answer:
    type: string
    reference: \${ask.output}
nodes:
- name: ask
  type: llm
  source:
    type: code
    path: ask.jinja2
  inputs:
    model: small-model
    question: \${inputs.question}
  connection: ${connection}
  api: chat
`,
    'ask.jinja2': '# user:\n{{question}}\n',
  };
}

/** A flow of one LLM node that one chats with. */
export function chatFlow(connection: string): Record<string, string> {
  return {
    'flow.dag.yaml': `inputs:
  question:
    type: string
    is_chat_input: true
  chat_history:
    type: list
    is_chat_history: true
    default: []
outputs:
  answer:
    type: string
    reference: \${ask.output}
    is_chat_output: true
nodes:
- name: ask
  type: llm
  source:
    type: code
    path: ask.jinja2
  inputs:
    model: small-model
    question: \${inputs.question}
    chat_history: \${inputs.chat_history}
  connection: ${connection}
  api: chat
`,
    'ask.jinja2': `{% for item in chat_history %}
# user:
{{item.inputs.question}}

# assistant:
{{item.outputs.answer}}
{% endfor %}
# user:
{{question}}
`,
  };
}

/** A prompty that one chats with. */
export function promptyChat(connection: string): Record<string, string> {
  return {
    'talk.prompty': `---
name: Talk
model:
  api: chat
  configuration: {type: openai, connection: ${connection}, model: small-model}
  parameters: {}
inputs:
  question: {type: string, is_chat_input: true}
  chat_history: {type: list}
---
system:
Be kind.

{% for item in chat_history %}
{{item.role}}:
{{item.content}}

{% endfor %}
user:
{{question}}
`,
  };
}
