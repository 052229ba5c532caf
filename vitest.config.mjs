import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

/** `import 'billonce'` in a test is the packed tarball, as tests/support/packed.mjs has installed it. */
const packed = {
  name: 'billonce-packed',
  enforce: 'pre',
  resolveId(id) {
    if (id !== 'billonce') return null;
    const { folder } = JSON.parse(process.env.BILLONCE_PACKED);
    return { id: join(folder, 'node_modules/billonce/index.js'), external: true };
  },
};

export default defineConfig({
  plugins: [packed],
  test: {
    include: ['tests/**/*.test.{mjs,ts}'],
    // Those have a command of their own, `npm run test:deep`.
    exclude: [...configDefaults.exclude, ...(process.env.BILLONCE_DEEP ? [] : ['tests/deep/**'])],
    globalSetup: ['tests/support/packed.mjs'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
