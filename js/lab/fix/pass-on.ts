import { parseFile, textOfFile } from '../flow/file.ts';
import { isObject } from '../flow/plain.ts';
import { readFlow } from '../flow/read.ts';
import { isCredential, withoutRawKeys } from '../lint/raw-key.ts';
import { fileToMend } from './file.ts';

/** What a test run has left in the file: events, answers, whatever was in them. */
const SAMPLES = /^(sampleData|sampleDataFileId|sampleDataInputFileId|currentSelectedData|testData)$/;

/** Keys and addresses that are secrets wherever they stand: vault keys, webhook secrets, Slack's webhooks, what a URL or header carries. */
const SECRETS: [RegExp, string][] = [
  [/\b(?:vault_key|whsec)_\w{3,}/g, '(taken out)'],
  [/(hooks\.slack\.com\/(?:services|workflows|triggers))\/[\w/-]+/g, '$1/(taken out)'],
  [/(:\/\/)[^\s/@:]+:[^\s/@]+@/g, '$1'],
  [/\b(Bearer|Basic)\s+(?!\{\{)[\w.~+/=-]{8,}/g, '$1 (taken out)'],
];

/**
 * A copy of the flow's file that can be passed on: without raw keys (as `fixFlow` takes them out), vault keys, literal tokens and passwords, and sample
 * data. Connections are references in it and stay; so do the steps' titles, texts and code.
 *
 * @throws {BillonceError} as `readFlow` does.
 */
export function withoutSecrets(flow: unknown): unknown {
  readFlow(flow);
  const { file } = fileToMend(textOfFile(flow));
  return parseFile(JSON.stringify(file, (name, value) => cleaned(name, value)));
}

function cleaned(name: string, value: unknown): unknown {
  if (SAMPLES.test(name)) return isObject(value) ? {} : undefined;
  if (typeof value !== 'string') return value;
  if (isCredential(name) && value !== '' && !value.includes('{{')) return '(taken out)';
  return SECRETS.reduce(
    (text, [secret, instead]) => text.replaceAll(secret, instead),
    withoutRawKeys(value, '(taken out)', name),
  );
}
