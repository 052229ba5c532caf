// `npx billonce`: the commands, and what they have in common. Standard output is for results, standard error for what went wrong.
import { BillonceError } from 'billonce';
import { didYouMean } from '../nearest.ts';
import { KEY_HELP, keyCommand } from './key.ts';
import { LINT_HELP, lintCommand } from './lint.ts';
import { plainText } from './terminal.ts';
import { TEST_HELP, testCommand } from './test.ts';
import { Usage } from './usage.ts';

declare const BILLONCE_VERSION: string;

const HELP = `billonce: bill once, whatever the flow does

Usage
  billonce test <flow.json>   what each fault does to the customers of an exported Activepieces flow
  billonce lint <flow.json>   what in an exported Activepieces flow can charge twice, not at all, or show a key
  billonce key --customer_id … --amount_cents … --billing_period …   one idempotency key

  billonce <command> --help   all that a command takes
  billonce --version

Exit codes: 0 all is well, 1 lint or test found something, 2 the command or its input could not be read.
`;

const COMMANDS: Record<string, { run: (words: string[]) => number | Promise<number>; help: string }> = {
  test: { run: testCommand, help: TEST_HELP },
  lint: { run: lintCommand, help: LINT_HELP },
  key: { run: keyCommand, help: KEY_HELP },
};

const KNOWN = Object.keys(COMMANDS).join(', ');

function main([name, ...words]: string[]): number | Promise<number> {
  if (name === '--version' || name === '-v') return print(`${BILLONCE_VERSION}\n`);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    if (name !== undefined) return print(HELP);
    throw new Usage(`Which command? Known are ${KNOWN}; billonce --help tells more.`);
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const meant = didYouMean(name, Object.keys(COMMANDS));
    throw new Usage(
      `There is no command ${name.slice(0, 40)}.${meant} Known are ${KNOWN}; billonce --help tells more.`,
    );
  }
  if (words.includes('--help') || words.includes('-h')) return print(command.help);
  return command.run(words);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

// A reader such as `head` that has seen enough is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Usage || error instanceof BillonceError)) throw error;
  process.stderr.write(`${plainText(error.message)}\n`);
  process.exitCode = 2;
}
