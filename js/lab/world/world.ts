// The simulated world, which is src/lab/ in a wasm of its own. One instance holds all worlds; it is compiled at the first.

import endpoints from '#endpoints';
import wasmText from '#lab';
import { MAP, read, type Tree } from '../../door.ts';
import { decodeBase64 } from '../../hosts/base64.ts';
import { attempt, type ReadsEndpoints, type Running, startRules, understood } from '../../instance.ts';
import { writeTrees } from '../../wire.ts';
import type { Happened, OpenWorld, World, WorldCharge, WorldRequest, WorldSettings } from './types.ts';

/** What src/lab/wasm.rs exports. */
interface Exports extends ReadsEndpoints {
  input(room: number): number;
  open_world(length: number): number;
  close_world(world: number): void;
  send(world: number, length: number): number;
  sleep(world: number, ms: bigint): number;
  random(world: number, below: number): number;
  next(world: number): number;
  charges(world: number): number;
  audit(world: number): number;
  cap_exceeded(world: number): number;
  reply_length(): number;
  body_length(): number;
}

let running: Running<Exports> | undefined;

function instance(): Running<Exports> {
  running ??= startRules<Exports>(
    () => new WebAssembly.Module(decodeBase64(wasmText)),
    () => decodeBase64(endpoints),
  );
  return running;
}

/** Starts a new world. */
export const openWorld: OpenWorld = (settings) => new SimulatedWorld(settings);

/** The worlds that nobody has closed and nobody can reach any more. */
const unreachable =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry<{ wasm: Exports; world: number }>(({ wasm, world }) => giveBack(wasm, world));

class SimulatedWorld implements World {
  private readonly instance = instance();
  private readonly world: number;
  private at: number;

  constructor(settings: WorldSettings) {
    const tree = read(settings);
    const length = this.write([tree], room(settings));
    this.at = settings.now;
    this.world = this.call(({ wasm }) => wasm.open_world(length)) as number;
    unreachable?.register(this, { wasm: this.instance.wasm, world: this.world }, this);
  }

  now(): number {
    return this.at;
  }

  random(below: number): number {
    return this.instance.wasm.random(this.world, below) >>> 0;
  }

  sleep(ms: number): number {
    return this.call(({ wasm }) => wasm.sleep(this.world, BigInt(whole(ms)))) as number;
  }

  send({ to, method, path, headers, body, strike, timeout_ms }: WorldRequest): number {
    const sent: [number, ...Tree[]] = [MAP];
    let size = method.length + path.length + body.length;
    for (const [name, value] of Object.entries(headers)) {
      sent.push(name, value);
      size += name.length + value.length + 10;
    }
    const trees = [to === 'proxy', method, path, sent, body, strike ?? null, whole(timeout_ms)];
    const length = this.write(trees, size);
    return this.call(({ wasm }) => wasm.send(this.world, length)) as number;
  }

  next(): Happened | null {
    const { wasm, memory } = this.instance;
    const reply = attempt(() => {
      const start = wasm.next(this.world) >>> 0;
      return memory.text(start, start + wasm.reply_length());
    }, forget);
    const end = reply.length - wasm.body_length();
    const { at, happened } = understood(reply.slice(0, end)) as { at: number; happened: Happened | null };
    this.at = at;
    if (happened?.kind === 'answer') happened.answer.body = reply.slice(end);
    return happened;
  }

  charges(): WorldCharge[] {
    return this.call(({ wasm }) => wasm.charges(this.world)) as WorldCharge[];
  }

  cap_exceeded(): boolean {
    return this.call(({ wasm }) => wasm.cap_exceeded(this.world)) as boolean;
  }

  audit(): ReturnType<World['audit']> {
    return this.call(({ wasm }) => wasm.audit(this.world)) as ReturnType<World['audit']>;
  }

  close(): void {
    unreachable?.unregister(this);
    giveBack(this.instance.wasm, this.world);
  }

  /** Writes what a call takes: at most three bytes for each of `size` characters, and what stands around them. */
  private write(trees: readonly Tree[], size: number): number {
    const { wasm, memory } = this.instance;
    return writeTrees(
      trees,
      memory,
      attempt(() => wasm.input(size * 3 + 1024) >>> 0, forget),
    );
  }

  private call(call: (running: Running<Exports>) => number): unknown {
    const { wasm, memory } = this.instance;
    return understood(
      attempt(() => {
        const start = call(this.instance) >>> 0;
        return memory.text(start, start + wasm.reply_length());
      }, forget),
    );
  }
}

/** Should a call ever trap, the instance is spent, and with it every world in it. */
function forget(): void {
  running = undefined;
}

/** Gives back what a world holds. Of an instance that has trapped there is nothing to be had any more. */
function giveBack(wasm: Exports, world: number): void {
  try {
    wasm.close_world(world);
  } catch {
    // Nobody is there to be told.
  }
}

/** Milliseconds as the clock counts them. What is no number, or endless, is as long as there is. */
function whole(ms: number): number {
  return Number.isFinite(ms) ? Math.min(Math.max(Math.ceil(ms), 0), 2 ** 52) : 2 ** 52;
}

/** Characters in the settings, and then some. */
function room(settings: WorldSettings): number {
  return JSON.stringify(settings).length * 4;
}
