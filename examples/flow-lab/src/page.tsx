import { render } from 'preact';
import example from '../../../scripts/demo/without-billonce.flow.json';
import { openDesk } from './desk/client.ts';
import { openWorker } from './desk/open-worker.ts';
import { sharedBy } from './state/link.ts';
import { openSession } from './state/session.ts';
import { App } from './view/app.tsx';
import { show, storedScheme } from './view/scheme.ts';

show(storedScheme());

const desk = openDesk(openWorker);
const session = openSession(desk, { text: JSON.stringify(example, null, 2), name: 'The published flow' });

const root = document.getElementById('page');
if (root) render(<App session={session} />, root);

sharedBy(location.hash).then(
  (shared) => shared && session.take(shared),
  (error: Error) => session.refuse({ code: 'damaged_link', field: null, message: error.message }),
);
