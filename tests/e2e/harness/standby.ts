// Executors that stand by.

import { existsSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';

/** Whether an executor below `data` says that it is healthy: before any start, one that stands by. */
export async function standsBy(data: string): Promise<boolean> {
  const sessions = path.join(data, 'sessions');
  const folders = existsSync(sessions) ? readdirSync(sessions) : [];
  const answers = await Promise.all(folders.map((folder) => isHealthy(path.join(sessions, folder, '0.sock'))));
  return answers.includes(true);
}

function isHealthy(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    request({ socketPath, path: '/health' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}
