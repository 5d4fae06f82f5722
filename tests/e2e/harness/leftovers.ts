// What servers and sessions may leave behind, and must not.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { until } from './wait.ts';

/** Every process of a session carries this variable, with the absolute path of the server's data folder. */
const MARK = 'FLOWDECK_DATA';

const GRACE = 10_000;

/** Processes of sessions below `data`, as `pid command line`. */
export function sessionProcesses(data: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => environment(pid).includes(`${MARK}=${data}`))
    .map((pid) => `process ${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
}

/** Folders of sessions below `data`. */
export function sessionFolders(data: string): string[] {
  const sessions = path.join(data, 'sessions');
  return existsSync(sessions) ? readdirSync(sessions).map((name) => `folder ${path.join(sessions, name)}`) : [];
}

/** Everything that is still there after a moment in which it may vanish: nothing, when all is well. */
export async function leftovers(data: string): Promise<string[]> {
  const now = () => [...sessionProcesses(data), ...sessionFolders(data)];
  await until('nothing to be left', () => now().length === 0, GRACE).catch(() => undefined);
  return now();
}

function environment(pid: string): string[] {
  return read(`/proc/${pid}/environ`).split('\0');
}

/** Empty for a process that ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
