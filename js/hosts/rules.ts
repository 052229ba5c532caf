// What the rules need beside the per-key path: their wasm files and the table of endpoints, as base64.
export { default as answers } from '#answers';
export { default as endpoints } from '#endpoints';
export { default as rules } from '#rules';
