// The Slack double.
import { describe, expect, it } from 'vitest';
import { startSlackDouble } from '../slack-double.mjs';

describe('the Slack double', () => {
  it('keeps what it accepts, and fails when told to', async () => {
    const slack = await startSlackDouble();
    const tell = async (body, method = 'POST') => {
      const response = await fetch(`${slack.url}/services/T0/B0`, { method, body });
      return [response.status, await response.text()];
    };
    expect(await tell('{"text":"one"}')).toEqual([200, 'ok']);
    slack.fail();
    slack.fail({ status: 429, times: 2 });
    expect((await tell('{"text":"lost"}'))[0]).toBe(503);
    expect((await tell('{"text":"lost"}'))[0]).toBe(429);
    expect((await tell('{"text":"lost"}'))[0]).toBe(429);
    expect(await tell('{"text":"two"}')).toEqual([200, 'ok']);
    expect(await tell('text=three')).toEqual([400, 'invalid_payload']);
    expect(await tell(undefined, 'GET')).toEqual([405, 'method_not_allowed']);
    expect(slack.messages()).toEqual([
      { path: '/services/T0/B0', body: { text: 'one' } },
      { path: '/services/T0/B0', body: { text: 'two' } },
    ]);
    await slack.close();
  });
});
