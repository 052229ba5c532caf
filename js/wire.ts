// Writes trees as the bytes that src/wire.rs reads.
import { BIGINT, DATE, LIST, MAP, NUMBER, type TaggedTree, type Tree } from './door.ts';
import { utf8Encoder } from './hosts/utf8.ts';

const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const TEXT = 6;

/** Where trees are written; wiped before anything else runs, so that nothing of one run is left for the next. */
const scratch = new Uint8Array(4096);

/** Hands a list of trees, as bytes, to `use`, which must not keep them. */
export function withEncoded<T>(trees: readonly Tree[], use: (bytes: Uint8Array) => T): T {
  const writer = new Writer(scratch);
  try {
    writer.tagged(LIST, trees.length);
    for (const tree of trees) writer.tree(tree);
    return use(writer.written());
  } finally {
    scratch.fill(0, 0, writer.end);
  }
}

class Writer {
  private at = 0;

  constructor(private bytes: Uint8Array) {}

  get end(): number {
    return this.at;
  }

  written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
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

  /** The length in bytes, then the bytes. Most text is short and ASCII, which a loop writes faster than an encoder. */
  private text(text: string): void {
    const { length } = text;
    this.room(4 + length * 3);
    const start = this.at + 4;
    let end = start;
    if (length < 48) {
      for (let from = 0; from < length; from++) {
        const unit = text.charCodeAt(from);
        if (unit > 0x7f) break;
        this.bytes[end++] = unit;
      }
    }
    if (end - start < length)
      end = start + utf8Encoder().encodeInto(text, this.bytes.subarray(start)).written;
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
    if (this.at + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }
}
