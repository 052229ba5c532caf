import { Worker } from '../../worker.mjs';
import { POLICY, RENEWAL } from '../site.mjs';

/** Room for both charges, should they come with one key. */
const ROOMY = { ...POLICY, daily_usd_cap: 1000 };

/** Two runs in one worker process, each given a credential of its own: which did each charge come with? */
export const keyIsolation = {
  id: 'key_isolation',
  head: ['key', 'isolation'],

  /** @param {import('../site.mjs').Site} site */
  async measure(site) {
    const { client } = site.approach;
    const [usual, instead] = await Promise.all([
      credentialsOf(site, client),
      credentialsOf(site, client === 'module_scope' ? 'own' : 'module_scope'),
    ]);
    return { credentials: usual, client, with_the_other_client: instead };
  },
  state: ({ credentials }) => (credentials === 2 ? 'yes' : 'no'),
  figure: ({ credentials }) => [`${credentials} key${credentials === 1 ? '' : 's'}`, 'for 2 runs'],
};

async function credentialsOf(site, client) {
  // A process of its own: what stands at module scope lives as long as it.
  const worker = new Worker();
  try {
    const runs = await Promise.all(
      ['first', 'second'].map(async (name) => {
        const event = { ...RENEWAL, customer_id: `cus_${client}_${name}` };
        return { event, credential: await site.issue(ROOMY) };
      }),
    );
    await Promise.all(
      runs.map(({ event, credential }) =>
        site.charge(client, worker, credential, event, keyFor(site, event)),
      ),
    );
    const used = await Promise.all(runs.map(({ event }) => usedFor(site, event)));
    const own = runs.map(({ credential }) => credential.id);
    if (used.some((id) => !own.includes(id)) || (used[0] !== used[1] && used.join() !== own.join()))
      throw new Error(`the runs for ${own} charged with ${used}`);
    return new Set(used).size;
  } finally {
    worker.kill();
  }
}

const keyFor = ({ approach }, { customer_id }) => (approach.keyed ? `isolation-${customer_id}` : undefined);

function usedFor(site, { customer_id }) {
  const request = site.stripe.requests().find(({ params }) => params?.customer === customer_id);
  if (request?.status !== 200) throw new Error(`the run for ${customer_id} charged nothing`);
  return site.cameWith(request);
}
