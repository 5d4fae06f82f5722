// Looks for a secret where none may be.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** A secret as it is, and as the middle of whatever is written in base 64. */
function formsOf(secret: string): string[] {
  const encoded = [0, 1, 2].flatMap((before) => {
    const text = Buffer.from('-'.repeat(before) + secret);
    // What the neighbours have a part in tells nothing.
    const middle = (all: string) => all.slice(Math.ceil((before * 4) / 3), Math.floor(text.length / 3) * 4);
    return [middle(text.toString('base64')), middle(text.toString('base64url'))];
  });
  return [secret, ...encoded];
}

/** Whether a text holds a secret, in any form. */
export function tells(text: string | Buffer, secret: string): boolean {
  return formsOf(secret).some((form) => text.includes(form));
}

/** The files below a folder that hold a secret. */
export function holding(folder: string, secret: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => tells(readFileSync(file), secret));
}
