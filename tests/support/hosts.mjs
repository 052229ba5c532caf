// The hosts that tests/hosts brings: where each one's program is, and how it is run.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { workerdPath } from '../../scripts/edge/runtime.mjs';
import { has } from '../../scripts/lib/run.mjs';

const { platform, arch } = process;

/** A path inside the packages of tests/hosts. */
export const hostPath = (path) => fileURLToPath(new URL(`../hosts/node_modules/${path}`, import.meta.url));

/** Node of a major version. */
export const broughtNode = (major) => hostPath(`node${major}-${platform}-${arch}/bin/node`);

/** Bun's build for processors without AVX2, which the others run too. */
const BUN = { x64: 'bun-linux-x64-baseline', arm64: 'bun-linux-aarch64' }[arch];

export const deno = hostPath(`@deno/${platform}-${arch}-glibc/deno`);
export const bun = hostPath(`@oven/${BUN}/bin/bun`);
/** The runtime that `npm run edge` starts as well; the root's own packages bring it. */
export const workerd = workerdPath();

/** Milliseconds after which a host that hangs is ended, so that none outlives its test. */
export const LONGEST = 50_000;

/** Why a host cannot be run on this machine, or null. */
export function missing(program) {
  return has(program) ? null : `tests/hosts brings none that starts on this ${platform}-${arch}`;
}

/** Runs a program to its end, and reads its last line as JSON. */
export async function jsonOf(program, args, options) {
  const { stdout } = await promisify(execFile)(program, args, {
    maxBuffer: 1 << 26,
    timeout: LONGEST,
    ...options,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}
