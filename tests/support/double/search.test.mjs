// Searches, and lists of a range of time.
import { describe, expect, it } from 'vitest';
import { charge, get, INTENT, post, RENEWAL, START_MS, stripe } from './client.mjs';

const START = START_MS / 1000;
const order = (number) => ({ ...RENEWAL, 'metadata[order]': String(number) });
const search = (query, more = '') => get(`/v1/charges/search?query=${encodeURIComponent(query)}${more}`);
const ids = ({ json }) => json.data.map((it) => it.id);

describe('search', () => {
  it('finds by metadata and fields, once a minute has passed', async () => {
    const { json: made } = await charge('k1', order(7));
    await charge('k2', order(8));
    expect((await search("metadata['order']:'7'")).json).toEqual({
      object: 'search_result',
      url: '/v1/charges/search',
      has_more: false,
      data: [],
      next_page: null,
    });
    stripe.clock.advance(59_999);
    expect(ids(await search("metadata['order']:'7'"))).toEqual([]);
    stripe.clock.advance(1);
    expect((await search("metadata['order']:'7'")).json.data).toEqual([made]);
    expect(ids(await search(`metadata["order"]:"7" AND customer:"cus_1"`))).toEqual([made.id]);
    expect(ids(await search("metadata['order']:'7' AND customer:'cus_2'"))).toEqual([]);
    expect(ids(await search("metadata['order']:'7' OR metadata['order']:'8'"))).toHaveLength(2);
    expect(ids(await search("metadata['other']:'7'"))).toEqual([]);
  });

  it('answers in pages, by a cursor', async () => {
    for (const number of [1, 2, 3]) await charge(`k${number}`, order(number));
    stripe.clock.advance(60_000);
    const first = await search("customer:'cus_1'", '&limit=2');
    expect(first.json).toMatchObject({ has_more: true, next_page: expect.any(String) });
    const second = await search(
      "customer:'cus_1'",
      `&limit=2&page=${encodeURIComponent(first.json.next_page)}`,
    );
    expect(second.json).toMatchObject({ has_more: false, next_page: null });
    expect([...ids(first), ...ids(second)]).toHaveLength(3);
    expect(new Set([...ids(first), ...ids(second)]).size).toBe(3);
  });

  it('finds payment intents, and the charges to which they gave their metadata', async () => {
    const form = { ...INTENT, confirm: 'true', 'metadata[order]': '9' };
    const { json: intent } = await post('/v1/payment_intents', form);
    stripe.clock.advance(60_000);
    const query = encodeURIComponent("metadata['order']:'9'");
    expect(ids(await get(`/v1/payment_intents/search?query=${query}`))).toEqual([intent.id]);
    expect(ids(await search("metadata['order']:'9'"))).toEqual([intent.latest_charge]);
  });

  it.each([
    [
      "metadata['a']:'1' AND metadata['b']:'2' OR customer:'c'",
      'You cannot combine AND and OR in the same query.',
    ],
    ['order 7', 'We were unable to parse your search query.'],
  ])('refuses %s', async (query, message) => {
    const { status, error } = await search(query);
    expect([status, error.message, error.param]).toEqual([400, message, 'query']);
  });

  it('refuses a search for nothing, and a page that is none', async () => {
    expect((await get('/v1/charges/search')).error).toMatchObject({
      code: 'parameter_missing',
      param: 'query',
    });
    expect((await search("customer:'c'", '&page=2')).error).toMatchObject({ param: 'page' });
  });
});

describe('a list', () => {
  it('is of a range of time', async () => {
    const made = [];
    for (const number of [1, 2, 3]) {
      made.unshift((await charge(`k${number}`, order(number))).json.id);
      stripe.clock.advance(1000);
    }
    const between = async (range) => ids(await get(`/v1/charges?${range}`));
    expect(await between('')).toEqual(made);
    expect(await between(`created[gte]=${START + 1}`)).toEqual(made.slice(0, 2));
    expect(await between(`created[gt]=${START}&created[lt]=${START + 2}`)).toEqual([made[1]]);
    expect(await between(`created[lte]=${START}`)).toEqual([made[2]]);
    expect(await between(`created=${START + 2}`)).toEqual([made[0]]);
  });

  it.each([
    ['created=soon', 'created'],
    ['created[gte]=soon', 'created[gte]'],
    ['created[after]=1', 'created[after]'],
  ])('refuses %s', async (range, param) => {
    expect(await get(`/v1/charges?${range}`)).toMatchObject({ status: 400, error: { param } });
  });
});
