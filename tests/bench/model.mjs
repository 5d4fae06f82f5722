// A run of one LLM node beyond the model's own time, beside `pf flow test`; and how soon streamed text is told.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { withFolder, withServer } from './lib/flowdeck.mjs';
import { KEY, Models } from './lib/models.mjs';
import { makeEnvironment, run } from './lib/python.mjs';
import { median, progress, report, timed } from './lib/report.mjs';

const TIMES = 5;
const FLOW = 'asks-a-model';
/** What gives promptflow's store of connections a key on a machine without a keyring. */
const support = path.resolve(import.meta.dirname, '../../crates/compute/tests/real/fidelity');

const DEFINITION = `inputs:
  question: {type: string, default: How are you?}
outputs:
  answer: {type: string, reference: '\${ask.output}'}
nodes:
- name: ask
  type: llm
  source: {type: code, path: ask.jinja2}
  inputs: {model: small, question: '\${inputs.question}'}
  connection: open_ai_connection
  api: chat
`;

function makeFlow(flows) {
  const folder = path.join(flows, FLOW);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'flow.dag.yaml'), DEFINITION);
  writeFileSync(path.join(folder, 'ask.jinja2'), 'user:\n{{question}}\n');
  return folder;
}

/** The median of what each time costs beyond the model's own time, in seconds. */
async function beyondTheModel(models, work) {
  const seconds = [];
  for (let time = 0; time < TIMES; time += 1) seconds.push((await timed(work)).seconds - models.took);
  return median(seconds);
}

async function byHand(models) {
  return withFolder(async (folder) => {
    progress('making an environment with promptflow');
    const environment = path.join(folder, 'environment');
    await makeEnvironment(environment, ['promptflow', 'promptflow-tools']);
    const variables = {
      PF_HOME_DIRECTORY: folder,
      PYTHONPATH: support,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHON_KEYRING_BACKEND: 'test_keyring.Keyring',
      FLOWDECK_TEST_KEYRING: Buffer.alloc(32, 7).toString('base64url') + '=',
    };
    const call = (program, ...args) => run(path.join(environment, 'bin', program), args, { env: { ...process.env, ...variables } });
    writeFileSync(path.join(folder, 'pf.yaml'), 'telemetry:\n  enabled: false\ntrace:\n  destination: none\n');
    const connection = path.join(folder, 'connection.yaml');
    writeFileSync(connection, `name: open_ai_connection\ntype: open_ai\napi_key: ${KEY}\nbase_url: ${models.url}\n`);
    await call('python', path.join(support, 'connections.py'), connection);
    const flow = makeFlow(folder);
    progress(`pf flow test, ${TIMES} times`);
    return beyondTheModel(models, () => call('pf', 'flow', 'test', '--flow', flow));
  });
}

const models = await Models.start();
try {
  const theirs = await byHand(models);
  await withServer({ flows: [], prepare: makeFlow }, async (server) => {
    await server.addConnection('open_ai_connection', { type: 'OpenAI', configs: { base_url: models.url }, secrets: { api_key: KEY } });
    await server.startSession(FLOW);
    progress(`through a session, ${TIMES} times`);
    const ours = await beyondTheModel(models, () => server.run(FLOW));
    report('one run of an LLM node, beyond the model', ours, 's', 'pf flow test', theirs);
    progress(`streamed, ${TIMES} times`);
    const delays = [];
    for (let time = 0; time < TIMES; time += 1) {
      const told = await server.firstText(FLOW);
      delays.push(told - models.firstWord);
    }
    report("first streamed text, after the model's first word", median(delays), 'ms');
  });
} finally {
  await models.close();
}
