// The edge as a Worker of your own: the Durable Objects that keep the ledger, and the Worker before them. What it binds
// stands in wrangler.jsonc; the two secrets are set with `npx wrangler secret put BILLONCE_ADMIN_TOKEN` and
// `npx wrangler secret put STRIPE_SECRET_KEY`.
export { default, Registry, Vault } from 'billonce/edge';
