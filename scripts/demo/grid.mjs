// A table drawn with lines: cells are texts, each with a colour of its own.

/** @typedef {{ text: string, look?: (text: string) => string }} Cell */

/**
 * @param {Cell[][]} head     its lines
 * @param {Cell[][][]} rows   the lines of each row
 * @param {{ paint: import('./terminal.mjs').Paint, ruled?: boolean }} options   `ruled`: a line between rows
 */
export function grid(head, rows, { paint, ruled = false }) {
  const widths = head[0].map((_, column) =>
    Math.max(...[head, ...rows].flat().map((line) => line[column].text.length)),
  );
  const bar = paint.dim('│');
  const drawn = (line) => {
    const texts = line.map(({ text, look = plain }, column) => look(text.padEnd(widths[column])));
    return `${bar} ${texts.join(` ${bar} `)} ${bar}`;
  };
  const rule = ([left, middle, right]) =>
    paint.dim(`${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}`);
  const between = ruled ? `\n${rule('├┼┤')}\n` : '\n';
  return [
    rule('┌┬┐'),
    ...head.map(drawn),
    rule('├┼┤'),
    rows.map((lines) => lines.map(drawn).join('\n')).join(between),
    rule('└┴┘'),
  ].join('\n');
}

const plain = (text) => text;
