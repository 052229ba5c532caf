import { render } from 'preact';
import example from '../../../scripts/demo/without-billonce.flow.json';
import { openDesk } from './desk/client.ts';
import { openWorker } from './desk/open-worker.ts';
import { sharedBy } from './state/link.ts';
import { openSession } from './state/session.ts';
import { App } from './view/app.tsx';
import { show, storedScheme } from './view/scheme.ts';

show(storedScheme());

/** The published event, with the id that whoever sends a webhook gives it. */
const EVENT = {
  event_id: 'evt_1001',
  customer_id: 'cus_A100',
  amount_cents: 4900,
  billing_period: '2026-06',
};

const desk = openDesk(openWorker);
const session = openSession(desk, {
  text: JSON.stringify(example, null, 2),
  name: 'The published flow',
  payload: JSON.stringify(EVENT, null, 2),
});

const root = document.getElementById('page');
if (root) render(<App session={session} />, root);

/** A link opens its scenario, also where it is put into the address of a page that is open. */
const follow = (): Promise<void> =>
  sharedBy(location.hash).then(
    (shared) => shared && session.take(shared),
    (error: Error) => session.refuse({ code: 'damaged_link', field: null, message: error.message }),
  ) as Promise<void>;
addEventListener('hashchange', follow);
void follow();
