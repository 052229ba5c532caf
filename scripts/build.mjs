// `npm run build`: makes pkg/, exactly what is published, from Rust, js/ and pkg-template/.

import { prepare } from './lib/prepare.mjs';
import { main } from './lib/run.mjs';

main(async () => {
  await prepare({ build: true, force: process.argv.includes('--force') });
});
