export { Registry } from './registry.ts';
export { Vault } from './vault.ts';
export { default } from './worker.ts';
