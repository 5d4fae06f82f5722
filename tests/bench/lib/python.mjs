// Python environments as a person makes them by hand.

import { spawn } from 'node:child_process';
import { request } from 'node:http';
import path from 'node:path';

import { until } from './flowdeck.mjs';

/** Runs a program to its end; what it prints goes nowhere unless it fails. */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output.slice(-2000)}`));
    });
  });
}

/** `python -m venv` and `pip install` of some packages, nothing cached. */
export async function makeEnvironment(folder, packages) {
  await run(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder]);
  await run(path.join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', ...packages]);
}

/** Starts promptflow's executor service, waits until it is healthy, and ends it. */
export async function startExecutor(environment, socketPath) {
  const app = 'promptflow.executor._service.app:app';
  const executor = spawn(path.join(environment, 'bin/python'), ['-m', 'uvicorn', app, '--uds', socketPath], {
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise((resolve) => executor.once('exit', resolve));
  try {
    await Promise.race([
      until(() => isHealthy(socketPath)),
      ended.then((code) => Promise.reject(new Error(`the executor ended with ${code}`))),
    ]);
  } finally {
    if (executor.exitCode === null) process.kill(-executor.pid, 'SIGKILL');
  }
}

/** Whether an executor answers at this socket. */
export function isHealthy(socketPath) {
  return new Promise((resolve) => {
    request({ socketPath, path: '/health' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}
