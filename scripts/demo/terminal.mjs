// Text for a terminal of 100 columns: colours, money, and words in lines.

export const WIDTH = 100;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** @typedef {Record<keyof typeof CODES, (text: string) => string>} Paint */

/** Colours for a terminal that wants them; elsewhere they leave the text as it is. @returns {Paint} */
export function palette(stream = process.stdout, env = process.env) {
  const wanted = Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint = (code) => (text) => (wanted ? `\x1b[${code}m${text}\x1b[0m` : text);
  return Object.fromEntries(Object.entries(CODES).map(([name, code]) => [name, paint(code)]));
}

/** @param {number} cents an integer @returns {string} such as `$2,376.00` */
export function dollars(cents) {
  const whole = ((cents - (cents % 100)) / 100).toLocaleString('en-US');
  return `$${whole}.${String(cents % 100).padStart(2, '0')}`;
}

/** Words in lines, the first beginning with `head` and the others indented as far. */
export function paragraph(head, text, width = WIDTH) {
  const indent = ' '.repeat(head.length);
  const lines = [head];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    const joined = line.length === indent.length ? `${line}${word}` : `${line} ${word}`;
    if (joined.length <= width) lines[lines.length - 1] = joined;
    else lines.push(`${indent}${word}`);
  }
  return lines.join('\n');
}
