import type { Tested } from './tested.ts';

/** What the lab's functions give, as they give it: `{ file, test, scenario, search }`, and `comparison` where it was asked for. */
export function asTestJson({ file, test, scenario, search, comparison }: Tested): string {
  return `${JSON.stringify({ file, test: test && withFixable(test), scenario, search, ...(comparison ? { comparison } : {}) }, null, 2)}\n`;
}

/** A finding's `fixed` is the whole flow: it is said that there is one. */
function withFixable(test: NonNullable<Tested['test']>) {
  const findings = test.findings.map((finding) => {
    const { rule, severity, step, title, line, message, fix } = finding;
    return { rule, severity, step, title, ...(line ? { line } : {}), message, fix };
  });
  return { ...test, findings };
}
