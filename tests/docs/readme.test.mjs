// Every code block of the READMEs and of docs/ is run: JavaScript here against the packed tarball, Rust by rustdoc (src/lib.rs).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { consumer, packedFixture } from '../support/packed.mjs';

const root = new URL('../../', import.meta.url);
const inputs = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const KEY = '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872';

/** What a user has installed beside billonce. */
function linkOfficialPackage(folder) {
  mkdirSync(join(folder, 'node_modules'));
  const installed = fileURLToPath(new URL('node_modules/stripe', root));
  symlinkSync(installed, join(folder, 'node_modules/stripe'), 'junction');
}

const pages = readdirSync(new URL('docs', root)).filter((name) => name.endsWith('.md'));

describe.each(['README.md', 'pkg-template/README.md', ...pages.map((name) => `docs/${name}`)])(
  '%s',
  (file) => {
    const text = readFileSync(new URL(file, root), 'utf8');
    const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, source]) => ({
      language,
      source,
    }));

    test('has blocks of known languages alone', () => {
      expect(blocks.length).toBeGreaterThan(0);
      for (const { language } of blocks) expect(['js', 'sh', 'rust']).toContain(language);
    });

    test('names commands that exist', () => {
      const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
      for (const { source } of blocks.filter(({ language }) => language === 'sh')) {
        for (const [, command] of source.matchAll(/^npm (?:run )?(\S+)/gm)) {
          if (command !== 'install') expect(Object.keys(scripts)).toContain(command);
        }
      }
    });

    test('names commands of npx billonce that do what they say', () => {
      const lines = blocks
        .filter(({ language }) => language === 'sh')
        .flatMap(({ source }) => source.split('\n'));
      for (const line of lines.filter((it) => it.startsWith('npx billonce '))) {
        const flow = readFileSync(new URL('examples/activepieces-code-step/flow.json', root), 'utf8');
        const cwd = consumer({ 'flow.json': flow, 'other.json': flow, 'event.json': JSON.stringify(inputs) });
        const command = join(packedFixture().folder, 'node_modules/billonce/cli.js');
        const words = line.slice('npx billonce '.length).replace(/#.*$/, '');
        const ended = spawnSync(`"${process.execPath}" "${command}" ${words}`, {
          cwd,
          shell: true,
          encoding: 'utf8',
        });
        // Even a guarded flow has faults that its key alone does not hold.
        const status = words.startsWith('test ') && ended.status === 1 ? 0 : ended.status;
        expect({ line, status, stderr: ended.stderr }).toEqual({ line, status: 0, stderr: '' });
      }
    });

    const scripts = blocks.filter(({ language }) => language === 'js');
    test.each(scripts.map(({ source }, at) => [at + 1, source]))(
      'JavaScript block %i does what it says',
      async (_, source) => {
        const folder = await consumer({ 'block.mjs': source });
        if (source.includes("from 'stripe'")) linkOfficialPackage(folder);
        if (source.includes('export const code')) {
          const { code } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'block.mjs')).href);
          const step = await code(inputs);
          expect(step).toMatchObject({ idempotency_key: KEY, decision: { allowed: true } });
          expect(step.request.body).toBe(
            `amount=4900&currency=usd&customer=cus_A100&description=Renewal%20for%202026-06&metadata[billonce_key]=${KEY}`,
          );
          return;
        }
        writeFileSync(join(folder, 'block.mjs'), source);
        const printed = execFileSync(process.execPath, ['block.mjs'], { cwd: folder, encoding: 'utf8' });
        const promised = [...source.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
        expect(promised).not.toBe('');
        expect(printed).toBe(promised);
      },
    );
  },
);
