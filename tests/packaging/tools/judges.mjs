// What judges a package.
import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** What publint says of the tarball, its suggestions among it. */
export async function publintSays(tarball) {
  const data = readFileSync(tarball);
  const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, level: 'suggestion', strict: true });
  return messages.map((message) => ({ code: message.code, text: formatMessage(message, pkg) }));
}

/** What "Are the types wrong?" says of it, and how each entry point is resolved. */
export async function attwSays(tarball) {
  const data = createPackageFromTarballData(readFileSync(tarball));
  const { types, problems, entrypoints } = await checkPackage(data);
  return { types, problems, entrypoints };
}
