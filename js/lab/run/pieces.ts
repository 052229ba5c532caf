// Steps of pieces: those that the lab knows, and the sample data of all others.
import { everyStep } from '../flow/walk.ts';
import type { Flow, PieceStep } from '../types.ts';
import type { Send } from './http-piece.ts';
import { PieceError, sendRequest } from './http-piece.ts';
import { isKnownAction, stripeAction } from './stripe-piece.ts';

const HTTP = '@activepieces/piece-http';
const STRIPE = '@activepieces/piece-stripe';

/** Pieces that do nothing but send to one host; the lab lets that host answer, so that it can be down. */
const SENDERS: Record<string, string> = {
  '@activepieces/piece-slack': 'https://slack.com/api/chat.postMessage',
  '@activepieces/piece-discord': 'https://discord.com/api/webhooks',
};

export interface PieceHost {
  send: Send;
  boundary(): string;
  /** What the step puts out where the lab does not know its piece. */
  outputs: Record<string, unknown>;
}

export async function runPiece(
  step: PieceStep,
  input: Record<string, unknown>,
  host: PieceHost,
): Promise<unknown> {
  if (isHttp(step)) return sendRequest(input, host.send, host.boundary);
  if (isStripe(step)) return stripeAction(step.action as string, input, host.send);
  const url = SENDERS[step.piece];
  if (url !== undefined) {
    const reply = await host.send({ url, method: 'POST', headers: {}, body: '', timeout_ms: 30_000 }, false);
    const status = 'failed' in reply ? 500 : reply.status;
    if (status >= 400) throw new PieceError(`${/\/\/([^/]+)/.exec(url)?.[1]} answered ${status}`);
  }
  return Object.hasOwn(host.outputs, step.name) ? host.outputs[step.name] : (step.sample_data ?? {});
}

const isHttp = ({ piece, action }: PieceStep): boolean => piece === HTTP && action === 'send_request';
const isStripe = ({ piece, action }: PieceStep): boolean => piece === STRIPE && isKnownAction(action);

/** The steps whose pieces the lab does not run: they put out their sample data. */
export function unknownPieces(flow: Flow): { step: string; piece: string; action: string | null }[] {
  return [...everyStep(flow.steps)]
    .filter((step) => step.type === 'piece' && !step.skip && !isHttp(step) && !isStripe(step))
    .map((step) => {
      const { name, piece, action } = step as PieceStep;
      return { step: name, piece, action };
    });
}
