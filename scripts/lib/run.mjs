// Running other programs, with progress for people and helpful sentences when something is missing.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** npm's own command. */
export const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** A failure whose message is all that the reader needs. */
export class Stop extends Error {}

/** Runs a command in the project's folder; its output is shown only if it fails. */
export function quiet(command, args, { cwd = root, env } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  if (result.error) throw new Stop(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    throw new Stop(`\`${command} ${args.join(' ')}\` failed:\n${result.stdout}${result.stderr}`);
  }
  return result.stdout;
}

/** Runs a command in the project's folder with its output shown; throws if it fails. */
export function loud(command, args, { cwd = root, env } = {}) {
  const result = spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  if (result.error) throw new Stop(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Stop(`\`${command} ${args.join(' ')}\` failed; its output is above`);
}

/** Whether a command exists. */
export function has(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** One line of progress with its duration, on standard error: standard output is for results. */
export async function step(title, work) {
  const started = performance.now();
  const tty = process.stderr.isTTY;
  process.stderr.write(tty ? `  … ${title}` : `  ${title}`);
  try {
    const result = await work();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stderr.write(tty ? `\r  ✓ ${title} (${seconds} s)\n` : ` (${seconds} s)\n`);
    return result;
  } catch (error) {
    process.stderr.write(tty ? `\r  ✗ ${title}\n` : ' failed\n');
    throw error;
  }
}

/** Ends the program as its main function says: a Stop's message is shown bare, a defect with its stack. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    process.stderr.write(error instanceof Stop ? `\n${error.message}\n` : `\n${error?.stack ?? error}\n`);
    process.exitCode = 1;
  }
}
