// Where things are on this machine.

import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

/** The folder that holds everything a test run writes. */
const work = path.join(root, 'target/e2e');

/** The server to test, which has the fake engine as well: FLOWDECK_BIN, else what the native tests are built with. */
export const binary = process.env.FLOWDECK_BIN ?? path.join(root, 'target/debug/flowdeck');

/** The flows that come to every state on the fake engine. */
export const states = path.join(root, 'tests/states');

/** The browser app to serve: FLOWDECK_ASSETS, else dist/. */
export const assets = process.env.FLOWDECK_ASSETS ?? path.join(root, 'dist');

export const samples = path.join(root, 'samples');

/** A folder that all servers of all test runs share, in FLOWDECK_E2E_SHARED or here. */
export function shared(name: string): string {
  const folder = path.join(process.env.FLOWDECK_E2E_SHARED ?? work, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A new folder. It is short, because Unix sockets below it may not have a long path. */
export function temporaryFolder(): string {
  const parent = path.join(work, 't');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(path.join(parent, 'x'));
}

/** The system's Chromium: FLOWDECK_CHROMIUM, else the first of the usual names on PATH. */
export function chromium(): string {
  if (process.env.FLOWDECK_CHROMIUM) return process.env.FLOWDECK_CHROMIUM;
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
  if (!found) throw new Error('There is no Chromium on PATH: install it, or name one in FLOWDECK_CHROMIUM.');
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
