import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** `import 'billonce'` in a test, or a subpath of it, is the packed tarball, as tests/support/packed.mjs has installed it. */
const packed = {
  name: 'billonce-packed',
  enforce: 'pre',
  resolveId(id) {
    const [, subpath] = /^billonce(?:\/([\w-]+))?$/.exec(id) ?? [null, null];
    if (subpath === null) return null;
    const { folder } = JSON.parse(process.env.BILLONCE_PACKED);
    return { id: join(folder, 'node_modules/billonce', `${subpath ?? 'index'}.js`), external: true };
  },
};

export default defineConfig({
  plugins: [packed],
  test: {
    include: ['tests/**/*.test.{mjs,ts}'],
    exclude: ['**/node_modules/**', 'tests/deep/**'],
    globalSetup: ['tests/support/packed.mjs'],
    // Two files at once where vitest alone would take one, on two cores: half of the time.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
