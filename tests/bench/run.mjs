// One run through a session, beside `pf flow test`.

import path from 'node:path';

import { samples, withFolder, withServer } from './lib/flowdeck.mjs';
import { makeEnvironment, run } from './lib/python.mjs';
import { median, progress, report, timed } from './lib/report.mjs';

const TIMES = 5;

const byHand = await withFolder(async (folder) => {
  progress('making an environment with promptflow');
  const environment = path.join(folder, 'environment');
  await makeEnvironment(environment, ['promptflow', 'promptflow-tools']);
  const pf = (...args) => run(path.join(environment, 'bin/pf'), args, { env: { ...process.env, PF_HOME_DIRECTORY: folder } });
  // Where nobody collects them, telemetry and traces only cost time; for traces it would leave a service running.
  await pf('config', 'set', 'telemetry.enabled=false');
  await pf('config', 'set', 'trace.destination=none');
  progress(`pf flow test, ${TIMES} times`);
  return median(await times(() => pf('flow', 'test', '--flow', path.join(samples, 'greeting'))));
});

progress(`through a session, ${TIMES} times`);
await withServer({}, async (server) => {
  await server.startSession('greeting');
  const ours = median(await times(() => server.run('greeting')));
  report('one run of a two-node flow', ours, 's', 'pf flow test', byHand);
});

async function times(work) {
  const seconds = [];
  for (let time = 0; time < TIMES; time += 1) seconds.push((await timed(work)).seconds);
  return seconds;
}
