export function forms({ encodeForm }, check, vectors) {
  for (const { name, params, body } of vectors.forms) check(name, () => encodeForm(params), body);

  check('a date, in whole Unix seconds', () => encodeForm({ at: new Date(1780304400999) }), 'at=1780304400');
  check('a BigInt', () => encodeForm({ n: 9007199254740993n }), 'n=9007199254740993');
  check('undefined is left out', () => encodeForm({ a: undefined, b: [undefined, 1] }), 'b[1]=1');
  check('nothing', () => encodeForm({}), '');
}
