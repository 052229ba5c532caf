// A flow that is passed on: no key, token, password or sample data in it, and the same flow otherwise.
import { fixFlow, lint, readFlow, withoutSecrets } from 'billonce/lab';
import { expect, test } from 'vitest';
import { code, EXPORTED, flowOf, GUARDED, http, UNGUARDED } from './flows.mjs';

// Put together here, so that no scanner takes this file for a leak.
const joined = (...parts) => parts.join('_');
const SECRETS = {
  live: joined('sk', 'live', '51HsecretLIVE'),
  restricted: joined('rk', 'test', '51HsecretRK'),
  vault: joined('vault', 'key', '4f9asecret'),
  webhook: joined('whsec', 'secretHOOK'),
  slack: 'T000secret/B000secret/xyzsecret',
  password: 'hunter2secret',
  bearer: 'abc.def-secret==',
};

const withSecrets = () => {
  const file = flowOf(
    code(
      `const key = '${SECRETS.live}'; const vault = "${SECRETS.vault}"; export const code = () => 1; // ${SECRETS.restricted}`,
      {
        note: `Bearer ${SECRETS.bearer}`,
        signing: SECRETS.webhook,
      },
    ),
    http({
      authFields: { token: SECRETS.vault },
      headers: {
        Authorization: `Bearer ${SECRETS.vault}`,
        'X-Url': `https://me:${SECRETS.password}@example.com/`,
      },
    }),
    http(
      {
        url: `https://hooks.slack.com/services/${SECRETS.slack}`,
        authFields: { username: 'me', password: SECRETS.password },
      },
      { name: 'step_3' },
    ),
  );
  const [flow] = file.flows;
  flow.trigger.settings.sampleData = { lastTestDate: 'x', currentSelectedData: { token: 'samplesecret' } };
  flow.trigger.settings.inputUiInfo = { currentSelectedData: 'samplesecret', sampleDataFileId: 'filesecret' };
  return file;
};

test('no secret is in it', () => {
  const text = JSON.stringify(withoutSecrets(withSecrets()));
  expect(text.match(/.{0,20}secret.{0,10}/g)).toBeNull();
  for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
});

test('it is the same flow, and can be read again', () => {
  const before = readFlow(withSecrets());
  const after = readFlow(withoutSecrets(withSecrets()));
  const names = ({ steps }) => steps.map(({ name, title, type }) => [name, title, type]);
  expect(names(after)).toEqual(names(before));
});

test.each([
  ['the guarded flow', GUARDED],
  ['the flow without billonce', UNGUARDED],
])('%s has no secret, and stays as it is', (_, text) => {
  const told = (flow) => lint(flow).map(({ rule, step }) => `${step} ${rule}`);
  expect(withoutSecrets(text)).toEqual(JSON.parse(text));
  expect(told(withoutSecrets(text))).toEqual(told(text));
});

test('references stay, also where a credential belongs', () => {
  const passed = JSON.stringify(withoutSecrets(EXPORTED));
  for (const reference of EXPORTED.match(/\{\{[^}]*\}\}/g) ?? [])
    expect(passed).toContain(JSON.stringify(reference).slice(1, -1));
  const own = http({
    authFields: { token: "{{connections['mine']}}" },
    headers: { Authorization: "Bearer {{trigger['output'].body.k}}" },
  });
  expect(JSON.stringify(withoutSecrets(flowOf(own)))).toContain("Bearer {{trigger['output'].body.k}}");
});

test('what was given stays as it was', () => {
  const file = withSecrets();
  const before = JSON.stringify(file);
  withoutSecrets(file);
  expect(JSON.stringify(file)).toBe(before);
});

test('what is no flow is refused as readFlow refuses it', () => {
  for (const input of [null, '{', '{}', 5, new Uint8Array([255])]) {
    const refusal = (call) => {
      try {
        return call(input) && 'none';
      } catch ({ code, field, message }) {
        return { code, field, message };
      }
    };
    expect(refusal(withoutSecrets)).toEqual(refusal(readFlow));
  }
});

test('a fixed flow has none either', () => {
  const { fixed } = fixFlow(withSecrets());
  if (fixed) expect(JSON.stringify(withoutSecrets(fixed))).not.toMatch(/secret/);
});
