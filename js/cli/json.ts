import { isFixable, type Report } from './linted.ts';

/** `{ files: [{ file, findings, error?, mended?, limits? }] }`; a finding's `fixable` stands for its `fixed`. */
export function asJson(reports: readonly Report[]): string {
  const files = reports.map(({ file, findings, error, mended, limits }) => ({
    file,
    findings: findings.map((finding) => {
      const { rule, severity, step, title, line, message, fix } = finding;
      return {
        rule,
        severity,
        step,
        title,
        ...(line ? { line } : {}),
        message,
        fix,
        fixable: isFixable(finding),
      };
    }),
    ...(error ? { error } : {}),
    ...(mended === undefined ? {} : { mended }),
    ...(limits === undefined ? {} : { limits }),
  }));
  return `${JSON.stringify({ files }, null, 2)}\n`;
}
