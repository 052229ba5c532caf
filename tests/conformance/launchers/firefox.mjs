// The machine's own Firefox, if it has one: no npm package carries it. Nothing drives it; a page posts its result.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { has, root } from '../../../scripts/lib/run.mjs';
import { LONGEST } from '../../support/hosts.mjs';
import { writeFiles } from '../../support/packed.mjs';
import { serveSuite } from './pages.mjs';

// A proxy that nobody serves: loopback alone can be reached.
const PREFERENCES = {
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'app.update.auto': false,
};

const version = () => execFileSync('firefox', ['--version'], { encoding: 'utf8' }).match(/[\d.]+\S*/)[0];

async function run(suite, path) {
  const { origin, posted, close } = await serveSuite(suite);
  // Not in the system's folder for temporary files: a Firefox from Ubuntu's snap cannot see that.
  const profile = mkdtempSync(join(root, 'target/firefox-'));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => {
    return `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`;
  });
  writeFiles(profile, { 'user.js': lines.join('') });
  const args = ['--headless', '--no-remote', '--profile', profile, `${origin}/${path}?post`];
  const child = spawn('firefox', args, { stdio: 'ignore', timeout: LONGEST });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const silent = ended.then((code) => Promise.reject(new Error(`Firefox ended (${code}) without an answer`)));
  try {
    return { version: version(), ...JSON.parse(await Promise.race([posted, silent])) };
  } finally {
    silent.catch(() => {});
    child.kill();
    await ended;
    close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

const launcher = (name, path) => ({
  name: `Firefox, ${name}`,
  missing: () => (has('firefox') ? null : 'this machine has no `firefox`'),
  run: (suite) => run(suite, path),
});

export const launchers = [
  launcher('main thread', 'main'),
  launcher('Web Worker', 'worker'),
  launcher('service worker', 'service-worker'),
];
