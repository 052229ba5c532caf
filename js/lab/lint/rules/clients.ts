// The official package in front of a proxy.
import type { Node } from '@babel/types';
import { nameOfKey } from '../../code/names.ts';
import { originsOf } from '../../code/origins.ts';
import { lineOf } from '../../code/parse.ts';
import { isStripeClient } from '../../code/stripe.ts';
import { activeSteps, type Draft, type Rule } from '../draft.ts';

/** `host`, `port` and `protocol` of the official package have no place for a path: `https://proxy.example/stripe` becomes `/v1/…` at that host. */
export const prefixLost: Rule = (context) =>
  [...activeSteps(context)].flatMap((step): Draft[] => {
    const source = step.type === 'code' ? context.tracing.source(step) : null;
    if (!source || !('program' in source)) return [];
    const { program } = source;
    return program.visits.flatMap(({ node }): Draft[] => {
      if (!isStripeClient(program, node)) return [];
      const options = optionsOf(node.arguments[1]);
      const host = options.get('host');
      if (!host || options.has('httpClient')) return [];
      const named = originsOf(program, host).flatMap((it) => (it.kind === 'literal' ? [it.text.trim()] : []));
      if (!named.some((name) => hasPrefix(name, context.proxy))) return [];
      const message =
        'The official package sends to /v1/… at this host: the path of the proxy before it is lost, and no call reaches its route.';
      const fix =
        "Let billonce/stripe send: new Stripe(vault_key, { httpClient: governed({ base_url }) }), with the proxy's whole base URL.";
      return [
        { rule: 'proxy-prefix-lost', severity: 'error', step: step.name, line: lineOf(node), message, fix },
      ];
    });
  });

function optionsOf(options: Node | undefined): Map<string, Node> {
  if (options?.type !== 'ObjectExpression') return new Map();
  return new Map(
    options.properties.flatMap((it): [string, Node][] =>
      it.type === 'ObjectProperty' ? [[nameOfKey(it.key), it.value]] : [],
    ),
  );
}

/** Other hosts serve Stripe's API at their root, as doubles do. */
function hasPrefix(host: string, proxy: string | null): boolean {
  const [, at, path] = /^https?:\/\/([^/:]+)(?::\d+)?(\/[^?#]*)?/.exec(proxy ?? '') ?? [];
  return host === 'proxy.keybrake.com' || (host === at && path !== undefined && path !== '/');
}
