// A Docker daemon for tests, which `cargo xtask test` starts and tells of by the environment.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const host = process.env.FLOWDECK_TEST_DOCKER;

/** What `cargo xtask image` made. */
export const baseImage = process.env.FLOWDECK_TEST_IMAGE ?? '';

/** Why tests of it are skipped, when they are. */
export const noDocker =
  host && baseImage
    ? undefined
    : 'no Docker daemon for tests (cargo xtask test has one where it is root and finds dockerd and debootstrap)';

/** What a server needs to have its sessions in containers. */
export const onDocker = {
  args: ['--engine', 'docker', '--docker-image', baseImage],
  env: { DOCKER_HOST: host ?? '' },
};

/** Runs Docker's own client; gives what it printed. */
export function docker(...args: string[]): string {
  const env = { ...process.env, DOCKER_BUILDKIT: '0' };
  return execFileSync('docker', ['-H', host ?? '', ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** Builds an image on the base image with further layers, each of so many bytes that no compression makes fewer. */
export function buildOnBase(tag: string, layers: number[]): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'flowdeck-image-'));
  try {
    const lines = layers.map((bytes, index) => {
      writeFileSync(path.join(folder, `noise-${index}`), randomBytes(bytes));
      return `COPY noise-${index} /noise-${index}`;
    });
    writeFileSync(path.join(folder, 'Dockerfile'), [`FROM ${baseImage}`, ...lines, ''].join('\n'));
    docker('build', '-q', '-t', tag, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
