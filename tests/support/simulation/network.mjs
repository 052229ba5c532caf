// What lies between a flow and Stripe, the proxy included, and what can happen there.

/** Each fault, how often it strikes in a thousand requests, and where. */
const FAULTS = [
  ['dropped_before', 40],
  ['hung_before', 20],
  ['gateway_502_before', 20],
  ['cap_429', 25],
  ['lost_answer', 60],
  ['hung_answer', 30],
  ['gateway_502_after', 30],
  ['garbage', 25],
  ['cut_short', 40],
  ['endless', 20],
  ['slow_answer', 60],
  ['second_delivery', 20],
];
const NEVER = new Promise(() => {});
const GARBAGE = [
  '',
  '<html>ok</html>',
  'null',
  '[]',
  '{}',
  '{"ok":true}',
  '\u0000\u0001',
  '"succeeded"',
  'Bad Gateway',
];
const PAGE = { status: 502, headers: { 'Content-Type': 'text/html' }, body: '<html>502 Bad Gateway</html>' };
const CAP = { status: 429, headers: {}, body: '{"error":"daily_usd_cap_exceeded"}' };

/** As the simulated Stripe writes it. */
function waitAskedFor({ 'Retry-After': wait = '0', Date: date }) {
  return date === undefined ? Number(wait) * 1000 : Date.parse(wait) - Date.parse(date);
}

function someFault(random) {
  let left = random.below(1000);
  for (const [name, share] of FAULTS) {
    left -= share;
    if (left < 0) return name;
  }
  return 'none';
}

/**
 * A `fetch` for one run.
 *
 * @param run its `calls` get one entry for each request, with what its answer told, once that arrived; a run that is
 * `dead` sends and gets nothing any more
 * @param problem is told of a request that is sent before the last answer's Retry-After has passed
 */
export function fetchOf({ time, random, stripe, count }, run, problem) {
  let notBefore = 0;
  return async (_, { headers, body, signal }) => {
    if (run.dead) return NEVER;
    const call = { tells: null };
    run.calls.push(call);
    if (time.now() < notBefore) problem('sent before Retry-After had passed');
    const fault = someFault(random);
    count(fault);
    const gone = () => run.dead || signal.aborted;
    const deliver = ({ status, headers, body }, tells = null) => ({
      status,
      headers: new Map(Object.entries(headers)),
      text: async () => {
        if (!gone()) {
          call.tells = tells;
          notBefore = time.now() + waitAskedFor(headers);
        }
        return body;
      },
    });
    const ask = () => stripe.answer(headers['Idempotency-Key'], body);

    await time.pass(random.between(5, 200));
    if (fault === 'dropped_before') throw new Error('ECONNREFUSED');
    if (fault === 'hung_before' || gone()) return NEVER;
    if (fault === 'gateway_502_before') return deliver(PAGE);
    if (fault === 'cap_429') return deliver(CAP, 'refused');
    if (fault === 'second_delivery') time.in(random.between(0, 3000), ask);
    const answer = await ask();
    await time.pass(fault === 'slow_answer' ? random.between(0, 150_000) : random.between(5, 200));
    switch (fault) {
      case 'lost_answer':
        throw new Error('ECONNRESET');
      case 'hung_answer':
        return NEVER;
      case 'gateway_502_after':
        return deliver(PAGE);
      case 'garbage':
        return deliver({ ...answer, status: random.pick([200, answer.status]), body: random.pick(GARBAGE) });
      case 'cut_short':
        return deliver({ ...answer, body: answer.body.slice(0, random.below(answer.body.trimEnd().length)) });
      case 'endless':
        return { ...deliver(answer), text: () => NEVER };
      default:
        return deliver(answer, answer.tells);
    }
  };
}

export const FAULT_NAMES = FAULTS.map(([name]) => name);
