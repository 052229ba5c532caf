// The share link: a scenario in the address's fragment, which no browser sends to a server. It carries faults, a seed number and the
// proxy's kind and cap; of the flow only what the user asked for, and of the payload and the connections nothing.
import type { Fault, FaultName, ProxyKind } from '../lab-types.ts';

export interface Shared {
  faults: Fault[];
  seed: number;
  proxy: ProxyKind | null;
  cap: number | null;
  /** The published flow, a flow's text without its secrets, or nothing. */
  flow: { kind: 'example' } | { kind: 'text'; text: string } | null;
}

const PROXIES: readonly ProxyKind[] = ['spend_cap', 'billonce_edge'];

/** As much as the lab reads; a link can unpack to more than it seems. */
const MAX_FLOW = 20_000_000;

/** Such as `"faults=duplicate_delivery+stripe_timeout@2&seed=7&flow=example"`. */
export async function fragmentOf({ faults, seed, proxy, cap, flow }: Shared): Promise<string> {
  const parts = [`seed=${seed}`];
  if (faults.length > 0) parts.unshift(`faults=${faults.map(wordOf).join('+')}`);
  if (proxy) parts.push(`proxy=${proxy}`);
  if (cap !== null) parts.push(`cap=${cap}`);
  if (flow?.kind === 'example') parts.push('flow=example');
  if (flow?.kind === 'text') parts.push(`flow=z.${await packed(flow.text)}`);
  return parts.join('&');
}

/** What a link says; null for no link. Throws a sentence where it is damaged. */
export async function sharedBy(fragment: string): Promise<Shared | null> {
  const text = fragment.replace(/^#/, '');
  if (!text.includes('=')) return null;
  const parts = new Map(
    text.split('&').map((part): [string, string] => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
  const faults = (parts.get('faults') ?? '').split('+').filter((word) => word !== '');
  return {
    faults: faults.map(faultOf),
    seed: integer('seed', parts.get('seed') ?? '1', 4_294_967_295),
    proxy: proxyOf(parts.get('proxy')),
    cap: parts.has('cap') ? integer('cap', parts.get('cap') ?? '', 1_000_000_000) : null,
    flow: await flowOf(parts.get('flow')),
  };
}

const wordOf = ({ name, call }: Fault): string => (call === undefined ? name : `${name}@${call}`);

function faultOf(word: string): Fault {
  const [name = '', call] = word.split('@');
  // Whether there is such a fault, the lab says itself.
  if (!/^[a-z0-9_]{1,40}$/.test(name)) throw new Error('The link’s faults are damaged: ask for it again.');
  const known = name as FaultName;
  return call === undefined ? { name: known } : { name: known, call: integer('call', call, 100_000) };
}

function integer(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value <= most) return value;
  throw new Error(`The link’s ${name} is no whole number from 0 to ${most}.`);
}

function proxyOf(text: string | undefined): ProxyKind | null {
  if (text === undefined) return null;
  const proxy = PROXIES.find((it) => it === text);
  if (!proxy) throw new Error('The link names a proxy that this page does not know.');
  return proxy;
}

async function flowOf(text: string | undefined): Promise<Shared['flow']> {
  if (text === undefined) return null;
  if (text === 'example') return { kind: 'example' };
  if (text.startsWith('z.')) return { kind: 'text', text: await unpacked(text.slice(2)) };
  throw new Error('The link’s flow is of a kind that this page does not know.');
}

async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function unpacked(text: string): Promise<string> {
  const damaged = new Error('The link’s flow breaks off or is damaged: ask for it again.');
  let binary: string;
  try {
    binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    throw damaged;
  }
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      length += part.value.length;
      if (length > MAX_FLOW) break;
    }
  } catch {
    throw damaged;
  }
  if (length > MAX_FLOW) throw new Error('The link’s flow is larger than 20 MB.');
  return new Blob(parts).text();
}
