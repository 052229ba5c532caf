import { DurableObject } from 'cloudflare:workers';

/** What a deployment binds. */
export interface Env {
  VAULTS: unknown;
  REGISTRY: unknown;
  /** A secret: what an administrator authenticates with. */
  BILLONCE_ADMIN_TOKEN: string;
  /** A secret: the key that requests are forwarded with. */
  STRIPE_SECRET_KEY: string;
  /** Where requests are forwarded. Default: `"https://api.stripe.com"`. */
  STRIPE_BASE?: string;
  /** How long answers are kept, in days. Default, and least: `"90"`. */
  KEEP_ANSWERS_DAYS?: string;
}

/** The Durable Object of one vault key. Bind it as `VAULTS`. */
export declare class Vault extends DurableObject {}

/** The Durable Object that knows all vault keys. Bind it as `REGISTRY`. */
export declare class Registry extends DurableObject {}

/** The Worker. */
declare const worker: {
  fetch(request: Request, env: Env): Promise<Response>;
};
export default worker;
