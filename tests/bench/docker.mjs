// Start of a session in a container, beside a container of the same image that is started by hand.

import { spawn } from 'node:child_process';
import path from 'node:path';

import { until, withFolder, withServer } from './lib/flowdeck.mjs';
import { isHealthy, run } from './lib/python.mjs';
import { median, progress, report, timed } from './lib/report.mjs';

const host = process.env.FLOWDECK_TEST_DOCKER;
const image = process.env.FLOWDECK_TEST_IMAGE;
const BY_HAND = 'docker run, executor start';
const TIMES = 3;
const docker = { args: ['--engine', 'docker', '--docker-image', image], env: { DOCKER_HOST: host } };

await withFolder(async (folder) => {
  progress(`by hand: a container of the image with the executor, ${TIMES} times`);
  const byHand = await times(() => startByHand(folder));
  const tell = (name, seconds) => report(`session in a container, ${name}`, seconds, 's', BY_HAND, byHand);

  const data = path.join(folder, 'data');
  await withServer({ ...docker, data }, async (server) => {
    progress('the first of its image');
    tell('first of its image', await start(server, 'greeting', 'fresh'));
    await server.stopSession('greeting');
    progress(`nothing stands by, ${TIMES} times`);
    tell('nothing stands by', await medianStart(server, 'greeting', 'base'));
  });
  await withServer({ ...docker, data, standby: 1 }, async (server) => {
    progress(`second start and reset, ${TIMES} times each`);
    await start(server, 'greeting', 'base');
    const stands = () => until(() => server.standsBy());
    tell('reset', await times(() => reset(server, 'greeting', 'standby'), stands));
    await server.stopSession('greeting');
    tell('second start', await medianStart(server, 'greeting', 'standby', stands));
  });
  await withServer({ ...docker, data, flows: ['reading-time'], standby: 1 }, async (server) => {
    progress(`the same with requirements, ${TIMES} times each`);
    tell('first with requirements', await start(server, 'reading-time', 'base'));
    const stands = () => until(() => server.standsBy());
    tell('reset with requirements', await times(() => reset(server, 'reading-time', 'kept'), stands));
    await server.stopSession('reading-time');
    tell('second start with requirements', await medianStart(server, 'reading-time', 'kept', stands));
  });
});

/** The median of what `work` gives. */
async function times(work, before = () => undefined) {
  const all = [];
  for (let time = 0; time < TIMES; time += 1) {
    await before();
    all.push(await work());
  }
  return median(all);
}

function medianStart(server, flow, route, before) {
  const once = async () => {
    const seconds = await start(server, flow, route);
    await server.stopSession(flow);
    return seconds;
  };
  return times(once, before);
}

/** Seconds until the session is available; it must have come about by `route`. */
async function start(server, flow, route) {
  return came(await timed(() => server.startSession(flow)), route);
}

async function reset(server, flow, route) {
  return came(await timed(() => server.resetSession(flow)), route);
}

function came({ seconds, result }, route) {
  if (result.route !== route) throw new Error(`the session came about by ${result.route}, not by ${route}`);
  return seconds;
}

/** Seconds until the executor answers in a container that a person starts. */
async function startByHand(folder) {
  const name = `bench-${process.pid}`;
  const program = ['python', '-m', 'uvicorn', 'promptflow.executor._service.app:app', '--uds', path.join(folder, 'by-hand.sock')];
  const options = ['--rm', '--name', name, '--user', 'root', '--network', 'none', '-v', `${folder}:${folder}`];
  const { seconds } = await timed(async () => {
    const container = spawn('docker', ['-H', host, 'run', ...options, image, ...program], { stdio: 'ignore' });
    const ended = new Promise((_, reject) => {
      container.once('error', reject);
      container.once('exit', (code) => reject(new Error(`the container ended with ${code}`)));
    });
    ended.catch(() => undefined);
    await Promise.race([until(() => isHealthy(path.join(folder, 'by-hand.sock'))), ended]);
  });
  await run('docker', ['-H', host, 'rm', '-f', name]);
  await until(async () => !(await isHealthy(path.join(folder, 'by-hand.sock'))));
  return seconds;
}
