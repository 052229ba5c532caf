import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { Usage } from './usage.ts';

/** As readFlow has it; a larger file is not even read. */
const MAX_BYTES = 20_000_000;

const REASONS: Record<string, string> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  EISDIR: 'is a folder: give the exported JSON file',
};

/** A file's bytes; `-` is standard input. */
export function readInput(path: string): Buffer {
  try {
    if (path === '-') return readFileSync(0);
    if (statSync(path).size > MAX_BYTES) {
      throw new Usage(`it is larger than ${MAX_BYTES / 1_000_000} MB: export it without sample data`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Usage) throw error;
    throw new Usage(`it ${REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? 'cannot be read'}`);
  }
}

/** A file of JSON, such as a payload. @param whose What asks for it, for the message. */
export function readJson(path: string, whose: string): unknown {
  try {
    return JSON.parse(
      readInput(path)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    );
  } catch (error) {
    throw new Usage(`${whose} ${path}: ${error instanceof Usage ? error.message : 'it is not JSON'}`);
  }
}

/** Writes a file that is not there yet: what somebody has is not written over. */
export function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new Usage(
      `billonce lint: --fix ${exists ? 'names a file that is there already; give a new name' : 'names a file that cannot be written'}.`,
    );
  }
}
