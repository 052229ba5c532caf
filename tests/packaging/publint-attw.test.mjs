// publint and "Are the types wrong?" find nothing in the tarball but what is excused here, with the reason.
import { expect, it } from 'vitest';
import { packedFixture } from '../support/packed.mjs';
import { attwSays, publintSays } from './tools/judges.mjs';

/** By tool and code: why it is right as it is. An excuse that nothing needs any more fails the test. */
const EXCUSED = {
  publint: {},
  // billonce/edge is an ES module alone, as every Worker is: nothing requires it.
  attw: { CJSResolvesToESM: 'billonce/edge' },
};

const judge = (found, excuses) => {
  expect(found.filter(({ code }) => !(code in excuses))).toEqual([]);
  const codes = found.map(({ code }) => code);
  expect(Object.keys(excuses).filter((code) => !codes.includes(code))).toEqual([]);
};

it('publint', async () => {
  const { tarball } = packedFixture();
  judge(await publintSays(tarball), EXCUSED.publint);
});

it('"Are the types wrong?"', async () => {
  const { tarball } = packedFixture();
  const { types, problems, entrypoints } = await attwSays(tarball);
  expect(types).toEqual({ kind: 'included' });
  // Without entry points there would be no problems either.
  expect(Object.keys(entrypoints)).toContain('.');
  judge(
    problems.map((problem) => ({ code: problem.kind, ...problem })),
    EXCUSED.attw,
  );
});
