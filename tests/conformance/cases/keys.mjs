import { EVENT, KEY } from './shared.mjs';

export function keys({ idempotencyKey, idempotencyKeys }, check, vectors) {
  for (const { name, event, key } of vectors.keys) check(name, () => idempotencyKey(event), key);

  const batch = vectors.keys.map(({ event }) => event);
  const published = vectors.keys.map(({ key }) => key);
  check('a batch is its events, one by one', () => idempotencyKeys(batch), published);
  check('an empty batch', () => idempotencyKeys([]), []);

  // More than fit into one crossing, with events among them that take the slow way.
  const many = [];
  for (let index = 0; index < 1000; index++) {
    const customer_id = index % 7 === 0 ? `kunde_ü${index}` : `cus_${index}`;
    many.push({ ...EVENT, customer_id, loop_index: index });
  }
  const compare = () => {
    const made = idempotencyKeys(many);
    const firstThatDiffers = made.findIndex((key, at) => key !== idempotencyKey(many[at]));
    return [made.length, new Set(made).size, firstThatDiffers];
  };
  check('a large batch is its events, one by one', compare, [1000, 1000, -1]);

  const sameAs = (title, event) => check(title, () => idempotencyKey(event), KEY);
  sameAs('the default flow, by its name', { ...EVENT, flow: 'activepieces-billing' });
  sameAs('the default scheme, by its name', { ...EVENT, scheme: 'v1' });
  sameAs('an event without a prototype', Object.assign(Object.create(null), EVENT));

  const third = 'third loop item';
  const thirdKey = vectors.keys.find(({ name }) => name === third).key;
  check('a list of one loop is that loop', () => idempotencyKey({ ...EVENT, loop_index: ['3'] }), thirdKey);
}
