// SARIF 2.1.0 (OASIS), as code hosts take it for annotations.
import type { Finding } from 'billonce/lab';
import type { Report } from './linted.ts';

declare const BILLONCE_VERSION: string;

export function asSarif(reports: readonly Report[]): string {
  const found = reports.flatMap((report) => report.findings.map((finding) => ({ finding, report })));
  const ids = [...new Set(found.map(({ finding }) => finding.rule))].sort();
  const rules = ids.map((id) => {
    const first = found.find(({ finding }) => finding.rule === id)?.finding;
    return { id, shortDescription: { text: id.replaceAll('-', ' ') }, help: { text: first?.fix ?? '' } };
  });
  const notifications = reports.flatMap(({ file, error }) =>
    error
      ? [{ level: 'error', message: { text: `${file}: ${error.message}` }, locations: [physical(file)] }]
      : [],
  );
  return sarif(
    rules,
    found.map(({ finding, report }) => resultOf(finding, report, ids.indexOf(finding.rule))),
    notifications,
  );
}

/** One run of one tool. */
export function sarif(
  rules: readonly object[],
  results: readonly object[],
  notifications: readonly object[],
): string {
  const run = {
    tool: { driver: { name: 'billonce', version: BILLONCE_VERSION, rules } },
    invocations: [
      { executionSuccessful: notifications.length === 0, toolExecutionNotifications: notifications },
    ],
    columnKind: 'utf16CodeUnits',
    results,
  };
  const $schema =
    'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
  return `${JSON.stringify({ $schema, version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

function resultOf(
  { rule, severity, step, title, line, message, fix }: Finding,
  { file, text }: Report,
  ruleIndex: number,
) {
  const where = line ? `${step}, line ${line} of its code` : step;
  return {
    ruleId: rule,
    ruleIndex,
    level: severity,
    message: { text: `${where}: ${message} ${fix}` },
    locations: [
      {
        ...physical(file, lineOfStep(text, step)),
        logicalLocations: [{ name: step, fullyQualifiedName: `${title} (${step})`, kind: 'member' }],
      },
    ],
    partialFingerprints: { 'billonce/v1': `${rule}:${step}:${line ?? 0}` },
  };
}

/** Of the file, whose steps each have their name on a line. */
export function lineOfStep(text: string, step: string): number {
  const at = new RegExp(`(?<!\\\\)"name"\\s*:\\s*"${step}"`).exec(text)?.index ?? 0;
  return text.slice(0, at).split('\n').length;
}

export const physical = (file: string, startLine = 1) => ({
  physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine } },
});

const uriOf = (file: string): string =>
  file === '-' ? 'stdin' : file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
