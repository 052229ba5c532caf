// What a step is called on its card.
import type { FlowStep, TriggerStep } from '../lab-types.ts';

export type StepKind =
  | 'webhook'
  | 'schedule'
  | 'code'
  | 'http'
  | 'stripe'
  | 'message'
  | 'loop'
  | 'router'
  | 'piece';

export const isHttp = (step: FlowStep): boolean => step.type === 'piece' && /piece-http$/.test(step.piece);

/** Whether it asks Stripe for something, as far as its card shows. */
const asksStripe = (text: string): boolean =>
  /stripe\.com|keybrake|\/stripe\/v1|\/v1\/(charges|payment_intents)|"idempotency-key":/i.test(text);

export function kindOf(step: FlowStep | TriggerStep): StepKind {
  switch (step.type) {
    case 'trigger':
      return /schedule/.test(step.piece ?? '')
        ? 'schedule'
        : /webhook/.test(step.piece ?? '')
          ? 'webhook'
          : 'piece';
    case 'loop':
    case 'router':
    case 'code':
      return step.type;
    case 'piece':
      if (/piece-stripe$/.test(step.piece) || asksStripe(JSON.stringify(step.input))) return 'stripe';
      if (/slack|discord|telegram|gmail|sendgrid|smtp/.test(`${step.piece} ${textOf(step.input.url)}`))
        return 'message';
      return isHttp(step) ? 'http' : 'piece';
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The line below the title. */
export function describe(step: FlowStep | TriggerStep): string {
  switch (step.type) {
    case 'trigger':
      return step.piece ? `${short(step.piece)}${step.trigger ? ` · ${step.trigger}` : ''}` : 'no trigger';
    case 'code':
      return 'Code';
    case 'loop':
      return `For each of ${hidden(bare(textOf(step.items))) || 'a list'}`;
    case 'router':
      return step.execution === 'first_match' ? 'The first branch that matches' : 'Every branch that matches';
    case 'piece':
      return isHttp(step)
        ? `${textOf(step.input.method) || 'HTTP'} ${addressOf(textOf(step.input.url))}`
        : short(step.piece) + (step.action ? ` · ${step.action}` : '');
  }
}

const short = (piece: string): string => piece.replace(/^@activepieces\/piece-/, '');

/** Raw keys are not for the screen. */
export const hidden = (text: string): string =>
  text.replace(/\b((?:sk|rk)_(?:live|test|org)_|vault_key_|whsec_)[\w]{3,}/g, '$1••••');

/** What a step is told, for whoever wants to look: its input, and a Code step's source. */
export function details(step: FlowStep | TriggerStep): { title: string; text: string }[] {
  if (step.type === 'router') {
    return step.branches.map(({ name, conditions, fallback }) => ({
      title: hidden(name),
      text: fallback ? 'where no other matches' : json(conditions),
    }));
  }
  if (step.type === 'loop') return [];
  const input = Object.keys(step.input).length > 0 ? [{ title: 'Input', text: json(step.input) }] : [];
  return step.type === 'code' ? [...input, { title: 'Source', text: hidden(step.code) }] : input;
}

const json = (value: unknown): string => hidden(JSON.stringify(value, null, 2) ?? '');

/** A URL without what every URL has; a reference without its braces. */
const addressOf = (url: string): string => hidden(bare(url.replace(/^https?:\/\//, '')));

const bare = (text: string): string => text.replace(/^\{\{(.*)\}\}$/, '$1');
