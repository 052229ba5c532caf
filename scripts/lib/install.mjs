// pkg/ as a user gets it: packed, and installed from the tarball. No network, and not the user's npm cache.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, quiet, root } from './run.mjs';

/** Packs pkg/ into `top`, installs it into `folder`, and answers with the tarball's path. */
export function installPacked(folder, top = folder) {
  const env = { npm_config_cache: join(top, 'npm-cache'), npm_config_offline: 'true' };
  const packed = quiet(npm, ['pack', '--json', '--pack-destination', top], { cwd: join(root, 'pkg'), env });
  const [{ filename }] = JSON.parse(packed);
  const tarball = join(top, filename);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const how = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'];
  quiet(npm, ['install', ...how, tarball], { cwd: folder, env });
  return tarball;
}
