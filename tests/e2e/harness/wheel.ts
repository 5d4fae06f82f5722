// A wheel is a zip file: this writes a tiny one, stored without compression.

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export interface Wheel {
  file: string;
  content: Buffer;
  sha256: string;
}

/** What a package says of itself. */
export interface Facts {
  /** Requirements of its own, such as `other==1.0`. */
  requires?: string[];
  summary?: string;
}

/** A pure Python package with one module that knows its version. */
export function wheel(name: string, version: string, facts: Facts = {}): Wheel {
  const info = `${name}-${version}.dist-info`;
  const files: Record<string, string> = {
    [`${name}.py`]: `VERSION = "${version}"\n`,
    [`${info}/METADATA`]: metadata(name, version, facts),
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: flowdeck-tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const record = `${info}/RECORD`;
  const lines = Object.entries(files).map(([file, text]) => `${file},sha256=${digest(text)},${text.length}`);
  const content = zip({ ...files, [record]: `${[...lines, `${record},,`].join('\n')}\n` });
  return {
    file: `${name}-${version}-py3-none-any.whl`,
    content,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}

/** The core metadata of a package. */
export function metadata(name: string, version: string, { requires = [], summary }: Facts): string {
  const lines = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`];
  if (summary) lines.push(`Summary: ${summary}`);
  lines.push(...requires.map((requirement) => `Requires-Dist: ${requirement}`));
  return `${lines.join('\n')}\n`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** APPNOTE.TXT 4.3: local headers with their data, the central directory, its end. */
function zip(files: Record<string, string>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const path = Buffer.from(name);
    const data = Buffer.from(text);
    const fields = commonFields(path, data);
    const header = Buffer.concat([signature(0x04034b50), fields, path, data]);
    central.push(signature(0x02014b50), uint16(20), fields, directoryFields(offset), path);
    local.push(header);
    offset += header.length;
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...local, directory, end(Object.keys(files).length, directory.length, offset)]);
}

/** Version needed, flags, method (stored), time and date (1980-01-01), CRC, sizes, lengths of name and extra field. */
function commonFields(path: Buffer, data: Buffer): Buffer {
  return Buffer.concat([
    ...[20, 0, 0, 0, 0x21].map(uint16),
    ...[crc32(data), data.length, data.length].map(uint32),
    ...[path.length, 0].map(uint16),
  ]);
}

/** Comment length, disk, internal and external attributes, where the local header is. */
function directoryFields(offset: number): Buffer {
  return Buffer.concat([...[0, 0, 0].map(uint16), ...[0, offset].map(uint32)]);
}

function end(count: number, size: number, offset: number): Buffer {
  return Buffer.concat([
    signature(0x06054b50),
    ...[0, 0, count, count].map(uint16),
    ...[size, offset].map(uint32),
    uint16(0),
  ]);
}

function signature(value: number): Buffer {
  return uint32(value);
}

function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
}
