// Start of a session: cold, cached and standby, beside the same by hand.

import path from 'node:path';

import { sharing, until, withFolder, withServer } from './lib/flowdeck.mjs';
import { makeEnvironment, startExecutor } from './lib/python.mjs';
import { median, progress, report, timed } from './lib/report.mjs';

const PACKAGES = ['promptflow-core', 'promptflow-tools', 'uvicorn'];
const BY_HAND = 'venv, pip install, executor start';
const TIMES = 3;

await withFolder(async (folder) => {
  const data = path.join(folder, 'cold');

  progress('by hand: python -m venv, pip install, executor start');
  const byHand = await timed(async () => {
    const environment = path.join(folder, 'by-hand');
    await makeEnvironment(environment, PACKAGES);
    await startExecutor(environment, path.join(folder, 'executor.sock'));
  });
  const tell = (name, seconds) => report(`session start, ${name}`, seconds, 's', BY_HAND, byHand.seconds);

  progress('cold: a new data folder, an empty package cache');
  await withServer({ data, env: { UV_CACHE_DIR: path.join(folder, 'cache') } }, async (server) => {
    tell('cold', await start(server, 'fresh'));
  });

  progress(`cached: the base packages are there, ${TIMES} times`);
  await withServer({ data: sharing(data, path.join(folder, 'cached')) }, async (server) => {
    tell('cached', await medianStart(server, 'base'));
  });

  progress(`standby: a runtime stands by, ${TIMES} times`);
  await withServer({ data: sharing(data, path.join(folder, 'standby')), standby: 1 }, async (server) => {
    tell('standby', await medianStart(server, 'standby', () => until(() => server.standsBy())));
  });
});

async function medianStart(server, route, before = () => undefined) {
  const times = [];
  for (let time = 0; time < TIMES; time += 1) {
    await before();
    times.push(await start(server, route));
    await server.stopSession('greeting');
  }
  return median(times);
}

/** Seconds until the session is available; it must have come about by `route`. */
async function start(server, route) {
  const { seconds, result } = await timed(() => server.startSession('greeting'));
  if (result.route !== route) throw new Error(`the session came about by ${result.route}, not by ${route}`);
  return seconds;
}
