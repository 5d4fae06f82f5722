// An sdist is a tar.gz file: this writes one whose build fails with a reason.

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { type Wheel, metadata } from './wheel.ts';

/** A package that has to be built, by a build backend of its own that needs no other package and raises `reason`. */
export function brokenSdist(name: string, version: string, reason: string): Wheel {
  const raise = `    raise RuntimeError(${JSON.stringify(reason)})\n`;
  const hook = (hook: string, rest: string) => `def ${hook}(${rest}):\n${raise}`;
  const folder = `${name}-${version}`;
  const content = gzipSync(
    tar({
      [`${folder}/PKG-INFO`]: metadata(name, version, {}),
      [`${folder}/pyproject.toml`]:
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n' +
        `[project]\nname = "${name}"\nversion = "${version}"\n`,
      [`${folder}/backend.py`]: hook('build_wheel', 'wheel_directory, config_settings=None, metadata_directory=None'),
    }),
  );
  return { file: `${folder}.tar.gz`, content, sha256: createHash('sha256').update(content).digest('hex') };
}

/** POSIX ustar: a header of 512 bytes before each file, which is filled up to 512; two empty blocks at the end. */
function tar(files: Record<string, string>): Buffer {
  const entries = Object.entries(files).flatMap(([name, text]) => {
    const data = Buffer.from(text);
    return [header(name, data.length), data, Buffer.alloc(-data.length & 511)];
  });
  return Buffer.concat([...entries, Buffer.alloc(1024)]);
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  const fields: [number, string][] = [
    [0, name], [100, octal(0o644, 7)], [108, octal(0, 7)], [116, octal(0, 7)], [124, octal(size, 11)],
    [136, octal(0, 11)], [148, ' '.repeat(8)], [156, '0'], [257, 'ustar\0' + '00'],
  ];
  for (const [at, text] of fields) block.write(text, at);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
