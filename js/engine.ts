// The wasm files of the rules, each started at the first call that needs it: a Code step loads the package anew for every run.
import type { Tree } from './door.ts';
import { answersModule, endpointTable, rulesModule } from './hosts/inline.ts';
import {
  attempt,
  type Callable,
  callRule,
  type ReadsEndpoints,
  type Rule,
  type Running,
  replyTo,
  start,
  startRules,
  understood,
} from './instance.ts';

export type RuleName =
  | 'idempotency_key'
  | 'encode_form'
  | 'build_request'
  | 'precheck'
  | 'check_guard'
  | 'prepare'
  | 'admit'
  | 'minor_units';

/** What src/answers.rs exports. */
export type AnswerRuleName = 'classify_response' | 'send_options' | 'unix_seconds';

/** What src/wasm.rs exports. */
interface Rules extends Callable, ReadsEndpoints, Record<RuleName, Rule> {
  check_vault_key(length: number, allowRawKey: boolean): number;
}

interface Answers extends Callable, Record<AnswerRuleName, Rule> {}

let rulesRunning: Running<Rules> | undefined;
let answersRunning: Running<Answers> | undefined;

function rules(): Running<Rules> {
  rulesRunning ??= startRules(rulesModule, endpointTable);
  return rulesRunning;
}

function answers(): Running<Answers> {
  answersRunning ??= start(answersModule);
  return answersRunning;
}

/** Asks one of the rules. What it refuses is thrown as a BillonceError. */
export function ask(rule: RuleName, ...trees: Tree[]): unknown {
  return call(rules(), callRule(rule, trees));
}

/** The same of the rules for what is sent, or was. */
export function askOfAnswers(rule: AnswerRuleName, ...trees: Tree[]): unknown {
  return call(answers(), callRule(rule, trees));
}

/** Asks whether a vault key can be one. It crosses alone, as it is; a header takes ASCII, so anything else is refused there. */
export function askVaultKey(key: string, allowRawKey: boolean): void {
  call(rules(), ({ wasm, memory }) => {
    const start = wasm.input_pointer();
    const { length } = key;
    const bytes = memory.bytesOf(start + length);
    for (let at = 0; at < length; at++) bytes[start + at] = Math.min(key.charCodeAt(at), 0x80);
    return wasm.check_vault_key(length, allowRawKey);
  });
}

function call<Exports extends Callable>(
  running: Running<Exports>,
  use: (running: Running<Exports>) => number,
): unknown {
  return understood(attempt(() => replyTo(running, use), forget));
}

function forget(): void {
  rulesRunning = undefined;
  answersRunning = undefined;
}
