// Writes trees as the bytes that src/wire.rs reads, into the wasm's own memory: the rules wipe them there when a call ends.
import { BIGINT, DATE, LIST, MAP, NUMBER, type TaggedTree, type Tree } from './door.ts';
import { type Memory, writeText } from './hosts/memory.ts';

const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const TEXT = 6;

/** Writes a list of trees at `start` and answers with its length in bytes. */
export function writeTrees(trees: readonly Tree[], memory: Memory, start: number): number {
  const writer = new Writer(memory, start);
  writer.tagged(LIST, trees.length);
  for (const tree of trees) writer.tree(tree);
  return writer.at - start;
}

class Writer {
  private bytes: Uint8Array;

  constructor(
    private readonly memory: Memory,
    public at: number,
  ) {
    this.bytes = memory.bytes();
  }

  tree(tree: Tree): void {
    if (typeof tree === 'string') this.taggedText(TEXT, tree);
    else if (typeof tree === 'number') this.taggedText(NUMBER, `${tree}`);
    else if (typeof tree === 'boolean') this.byte(tree ? TRUE : FALSE);
    else if (tree === null) this.byte(NULL);
    else this.branch(tree);
  }

  private branch(tree: TaggedTree): void {
    const tag = tree[0];
    if (tag === MAP) {
      this.tagged(MAP, (tree.length - 1) / 2);
      for (let at = 1; at < tree.length; at += 2) {
        this.text(tree[at] as string);
        this.tree(tree[at + 1] as Tree);
      }
    } else if (tag === LIST) {
      this.tagged(LIST, tree.length - 1);
      for (let at = 1; at < tree.length; at++) this.tree(tree[at] as Tree);
    } else if (tag === NUMBER || tag === BIGINT || tag === DATE) {
      this.taggedText(tag, tree[1] as string);
    } else {
      this.byte(tag);
    }
  }

  tagged(tag: number, size: number): void {
    this.byte(tag);
    this.room(4);
    this.size(this.at, size);
    this.at += 4;
  }

  private taggedText(tag: number, text: string): void {
    this.byte(tag);
    this.text(text);
  }

  /** The length in bytes, then the bytes. */
  private text(text: string): void {
    this.room(4 + text.length * 3);
    const start = this.at + 4;
    const end = writeText(text, this.bytes, start);
    this.size(this.at, end - start);
    this.at = end;
  }

  private byte(byte: number): void {
    this.room(1);
    this.bytes[this.at++] = byte;
  }

  private size(at: number, size: number): void {
    this.bytes[at] = size;
    this.bytes[at + 1] = size >> 8;
    this.bytes[at + 2] = size >> 16;
    this.bytes[at + 3] = size >>> 24;
  }

  private room(more: number): void {
    const end = this.at + more;
    if (end > this.bytes.length) this.bytes = this.memory.bytesOf(end);
  }
}
