// Where Cloudflare's runtime is: npm brings it as a package for each platform. Those for Linux are among this project's own.
import { join } from 'node:path';
import { root } from '../lib/run.mjs';

/** The path of the program, whether or not it is there. */
export function workerdPath({ platform, arch } = process) {
  const system = { win32: 'windows' }[platform] ?? platform;
  const processor = { x64: '64' }[arch] ?? arch;
  const file = platform === 'win32' ? 'workerd.exe' : 'workerd';
  return join(root, `node_modules/@cloudflare/workerd-${system}-${processor}/bin/${file}`);
}
