import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import usual from '../../vitest.config.mjs';

/** As the usual one, for the tests of this folder alone, and with more time. */
export default defineConfig({
  ...usual,
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: { ...usual.test, include: ['tests/deep/**/*.test.mjs'], exclude: [], testTimeout: 600_000 },
});
