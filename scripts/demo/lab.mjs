// Where a fault happens: one flow, a Stripe and a Slack of its own, two workers.
import { startSlackDouble } from '../../tests/support/slack-double.mjs';
import { startStripeDouble } from '../../tests/support/stripe-double/index.mjs';
import { runFlow } from './flow.mjs';
import { redirected } from './flows.mjs';

const SECRETS = { billonce_vault_key: 'vault_key_of_the_demo', stripe_secret_key: 'stripe_key_of_the_demo' };

/** @typedef {Awaited<ReturnType<typeof openLab>>} Lab */
/** @typedef {{ workers: import('./worker.mjs').Worker[], files: Map<string, string> }} Host */

/** @param {object} flow @param {Host} host */
export async function openLab(flow, host) {
  const stripe = await startStripeDouble({ secrets: Object.values(SECRETS) });
  const lab = await openLabBefore({ stripe, address: stripe.url, secrets: SECRETS }, flow, host);
  return { ...lab, close: () => Promise.all([lab.close(), stripe.close()]) };
}

/**
 * The same before a Stripe that is there, and stays: `address` is where the flow sends to, Stripe's own or that of something
 * that stands before it.
 *
 * @param {{ stripe: import('../../tests/support/stripe-double/index.mjs').StripeDouble, address: string, secrets: Record<string, string> }} where
 * @param {object} flow
 * @param {Host} host
 */
export async function openLabBefore({ stripe, address, secrets }, flow, { workers, files }) {
  const slack = await startSlackDouble();
  const connections = { ...secrets, slack_webhook_url: `${slack.url}/services/demo` };
  const here = redirected(flow, address);

  const unsuccessful = new Set();

  /** The trigger fires: a run begins. */
  async function deliver(payload, worker = workers[0]) {
    const run = await runFlow(here, payload, { worker, files, connections });
    if (run.status !== 'SUCCEEDED') unsuccessful.add(run);
    return run;
  }

  /** Only what went wrong can be run again: a fault that did not happen must not look like one that did. */
  function again(run, status) {
    if (run.status !== status)
      throw new Error(`a run was to be ${status} and is ${run.status}: ${run.error}`);
    unsuccessful.delete(run);
    return deliver(run.payload);
  }

  return {
    stripe,
    slack,
    workers,
    deliver,
    /** Somebody clicks Retry in the dashboard: a new run, the same payload, every step again. */
    retry: (run) => again(run, 'FAILED'),
    /** Nobody clicks anything: the run of a dead worker starts again. */
    restart: (run) => again(run, 'DIED'),
    /** The next charge is kept in flight until it is released. */
    holdNextCharge() {
      let open = () => {};
      const until = new Promise((resolve) => {
        open = resolve;
      });
      const { reached, cancel } = stripe.fail({ kind: 'hang_until', until });
      const release = () => {
        cancel();
        open();
      };
      return { reached, release };
    },
    /** Throws if a run went wrong and nobody ran it again. */
    checkRuns() {
      for (const { status, error } of unsuccessful) throw new Error(`a run ended ${status}: ${error}`);
    },
    close: () => slack.close(),
  };
}
