// Waiting for a condition, within bounds.

import { setTimeout as pause } from 'node:timers/promises';

const EVERY = 50;

/** What `promise` gives, or an error that says what was waited for in vain. */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  const cancel = new AbortController();
  const late = pause(milliseconds, undefined, { signal: cancel.signal }).then(() => {
    throw new Error(`waited ${milliseconds} ms in vain for ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel.abort();
    late.catch(() => undefined);
  }
}

/** Asks again and again until the answer is neither `undefined` nor `false`, and gives it. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  milliseconds = 60_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain for ${what}`);
    await pause(EVERY);
  }
}
