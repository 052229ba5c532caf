// The published comparison, each of its cells established by running it.

import { codeOf } from '../flows.mjs';
import { APPROACHES, CLIENTS } from './approaches.mjs';
import { allowlist } from './columns/allowlist.mjs';
import { audit } from './columns/audit.mjs';
import { duplicateWebhook } from './columns/duplicate-webhook.mjs';
import { keyIsolation } from './columns/key-isolation.mjs';
import { retry } from './columns/retry.mjs';
import { spendCap } from './columns/spend-cap.mjs';
import { siteOf } from './site.mjs';
import { whyNoEdge } from './stands.mjs';

export const COLUMNS = [retry, duplicateWebhook, keyIsolation, spendCap, allowlist, audit];

/**
 * @typedef {{ state: 'yes' | 'partial' | 'no', figure: [string, string], measured: Record<string, unknown> }} Cell
 * @typedef {{ id: string, title: [string, string], not_run: string | null, cells: Record<string, Cell> | null }} Measured
 */

/** The sources of every Code step that the approaches need. */
export const approachSources = () => [
  ...Object.values(CLIENTS),
  ...APPROACHES.flatMap(({ flow }) => codeOf(flow())),
];

/** @param {import('../lab.mjs').Host} host @returns {Promise<Measured[]>} */
export async function measureApproaches(host) {
  const measured = [];
  for (const approach of APPROACHES) measured.push(await measureApproach(approach, host));
  return measured;
}

/** @param {import('./approaches.mjs').Approach} approach @param {import('../lab.mjs').Host} host @returns {Promise<Measured>} */
export async function measureApproach(approach, host, why = whyNoEdge) {
  const { id, title } = approach;
  const not_run = id === 'billonce_edge' ? why() : null;
  if (not_run) return { id, title, not_run, cells: null };
  const stand = await approach.open();
  try {
    const site = siteOf(approach, stand, host);
    const cells = {};
    for (const column of COLUMNS) cells[column.id] = await cellOf(column, site);
    return { id, title, not_run, cells };
  } finally {
    await stand.close();
  }
}

async function cellOf(column, site) {
  const measured = await column.measure(site);
  return { state: column.state(measured), figure: column.figure(measured), measured };
}
