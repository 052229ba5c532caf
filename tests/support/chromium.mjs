// The Chromium that tests/hosts brings, unpacked once into target/; where there is none, the developer's own Chrome.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { root } from '../../scripts/lib/run.mjs';
import { hostPath } from './hosts.mjs';

const requireHost = createRequire(hostPath('playwright-core/package.json'));

/** A running browser, to be closed by whoever asked for it. */
export async function launchChromium() {
  const { chromium } = requireHost('playwright-core');
  // Most containers refuse what its sandbox needs; it opens none but the pages of a test.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic'];
  if (`${process.platform}-${process.arch}` !== 'linux-x64')
    return chromium.launch({ channel: 'chrome', args });
  const folder = unpacked();
  // The few libraries that a machine without a desktop lacks come with it.
  const env = { ...process.env, LD_LIBRARY_PATH: join(folder, 'lib') };
  return chromium.launch({ executablePath: join(folder, 'chromium'), args, env });
}

/** Why no browser starts here, or null. */
export async function missingChromium() {
  try {
    await (await launchChromium()).close();
    return null;
  } catch (error) {
    return `no Chromium starts here: ${error.message.split('\n')[0]}`;
  }
}

function unpacked() {
  const { version } = requireHost('../@sparticuz/chromium/package.json');
  const folder = join(root, `target/chromium-${version}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  for (const name of ['chromium', 'al2023.tar']) {
    const packed = readFileSync(hostPath(`@sparticuz/chromium/bin/${name}.br`));
    writeFileSync(join(partial, name), brotliDecompressSync(packed));
  }
  chmodSync(join(partial, 'chromium'), 0o755);
  execFileSync('tar', ['-xf', 'al2023.tar'], { cwd: partial });
  rmSync(join(partial, 'al2023.tar'));
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another test process was faster.
    if (!existsSync(folder)) throw error;
    rmSync(partial, { recursive: true });
  }
  return folder;
}
