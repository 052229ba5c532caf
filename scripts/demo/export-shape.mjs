// The shapes of which Activepieces' Export makes a flow file: as a 0.85 server wrote tests/vectors/exported-flow-0.85.4.json.

/** Activepieces shows it beside a step and does nothing else with it; a fixed one keeps the files reproducible. */
const lastUpdatedDate = '2026-11-23T00:00:00.000Z';

const manual = (schema) => (schema ? { type: 'MANUAL', schema } : { type: 'MANUAL' });
const errorHandlingOptions = () => ({
  retryOnFailure: { value: false },
  continueOnFailure: { value: false },
});

const BODY_SCHEMAS = {
  raw: { data: { type: 'LONG_TEXT', required: true, displayName: 'Raw Body' } },
  json: { data: { type: 'JSON', required: true, displayName: 'JSON Body' } },
};

const AUTH_SCHEMAS = {
  NONE: {},
  BEARER_TOKEN: {
    token: {
      type: 'SHORT_TEXT',
      required: true,
      description: 'The Bearer token to use for authentication.',
      displayName: 'Token',
    },
  },
};

/** A whole flow file: a webhook, then the steps in their order. */
export function flowFile({ name, description, steps }) {
  return {
    name,
    type: 'SHARED',
    summary: '',
    description,
    tags: [],
    blogUrl: '',
    metadata: { externalId: name.toLowerCase().replaceAll(/[^a-z]+/g, '-') },
    author: 'billonce',
    categories: [],
    pieces: ['@activepieces/piece-webhook', '@activepieces/piece-http'],
    flows: [
      {
        displayName: name,
        trigger: catchWebhook(chained(steps)),
        valid: true,
        schemaVersion: '22',
        notes: [],
      },
    ],
    status: 'PUBLISHED',
  };
}

const chained = ([step, ...rest]) => (rest.length > 0 ? { ...step, nextAction: chained(rest) } : step);

function catchWebhook(nextAction) {
  const properties = ['authType', 'authFields', 'liveMarkdown', 'syncMarkdown', 'testMarkdown'];
  return {
    name: 'trigger',
    valid: true,
    displayName: 'Catch Webhook',
    nextAction,
    lastUpdatedDate,
    type: 'PIECE_TRIGGER',
    settings: {
      propertySettings: Object.fromEntries(properties.map((property) => [property, manual()])),
      pieceName: '@activepieces/piece-webhook',
      pieceVersion: '0.1.35',
      triggerName: 'catch_webhook',
      input: { authType: 'none', authFields: {} },
    },
  };
}

export function codeStep({ name, title, input, code, packageJson }) {
  return {
    name,
    skip: false,
    type: 'CODE',
    valid: true,
    settings: {
      input,
      sampleData: {},
      sourceCode: { code, packageJson },
      errorHandlingOptions: errorHandlingOptions(),
    },
    displayName: title,
    lastUpdatedDate,
  };
}

/** `Send HTTP request` of the HTTP piece, always a POST. Without a token it asks without Authorization. */
export function httpStep({ name, title, url, headers, body_type, data, token }) {
  const authType = token ? 'BEARER_TOKEN' : 'NONE';
  const input = {
    url,
    body: { data },
    method: 'POST',
    headers,
    timeout: 30,
    authType,
    body_type,
    use_proxy: false,
    authFields: token ? { token } : {},
    failureMode: 'continue_none',
    queryParams: {},
    proxy_settings: {},
    followRedirects: false,
    response_is_binary: false,
  };
  const schemas = { body: BODY_SCHEMAS[body_type], authFields: AUTH_SCHEMAS[authType] };
  return {
    name,
    skip: false,
    type: 'PIECE',
    valid: true,
    settings: {
      input,
      pieceName: '@activepieces/piece-http',
      actionName: 'send_request',
      sampleData: {},
      pieceVersion: '0.11.10',
      propertySettings: Object.fromEntries(
        Object.keys(input).map((property) => [property, manual(schemas[property])]),
      ),
      errorHandlingOptions: errorHandlingOptions(),
    },
    displayName: title,
    lastUpdatedDate,
  };
}

export function loopStep({ name, title, items, firstLoopAction }) {
  return {
    name,
    skip: false,
    type: 'LOOP_ON_ITEMS',
    valid: true,
    settings: { items, sampleData: {} },
    displayName: title,
    firstLoopAction,
    lastUpdatedDate,
  };
}
