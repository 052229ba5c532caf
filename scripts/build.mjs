// `npm run build`: makes pkg/, exactly what is published, from Rust, js/ and pkg-template/.
import { main } from './lib/run.mjs';
import { prepare } from './lib/prepare.mjs';

main(async () => {
  await prepare({ build: true, force: process.argv.includes('--force') });
});
