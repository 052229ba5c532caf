import { parse } from '@babel/parser';
import type { File, Node } from '@babel/types';

/** A Code step's source, parsed; where it cannot be, the line at which that shows. */
export type Parsed = { file: File } | { line: number | null };

/** A Code step has a few hundred lines; a bundle that somebody pasted is not for reading. */
const MAX_LENGTH = 1_000_000;

/** TypeScript, as Activepieces' esbuild takes it; a `return` outside functions too, as in published snippets. */
export function parseCode(source: string): Parsed {
  if (source.length > MAX_LENGTH) return { line: null };
  try {
    const file = parse(source, {
      sourceType: 'module',
      plugins: ['typescript'],
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      attachComment: false,
    });
    return { file };
  } catch (error) {
    // A RangeError too: nested so deeply that no stack is enough.
    return { line: (error as { loc?: { line: number } }).loc?.line ?? null };
  }
}

export const isFunction = (node: Node) =>
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression' ||
  node.type === 'ObjectMethod' ||
  node.type === 'ClassMethod';

export const lineOf = (node: Node): number => node.loc?.start.line ?? 1;

/** A node, and the function that it stands in: null at module scope. */
export interface Visit {
  node: Node;
  within: Node | null;
}

/** Every node below `root`, in the order of the text. Its own stack, since code may nest deeply. */
export function everyNode(root: Node, within: Node | null = null): Visit[] {
  const visits: Visit[] = [];
  const waiting: Visit[] = [{ node: root, within }];
  for (let visit = waiting.pop(); visit; visit = waiting.pop()) {
    visits.push(visit);
    const inner = isFunction(visit.node) ? visit.node : visit.within;
    for (const child of childrenOf(visit.node).reverse()) waiting.push({ node: child, within: inner });
  }
  return visits;
}

/** Types are not run. */
const NOT_RUN = new Set(['loc', 'extra', 'errors', 'typeAnnotation', 'returnType', 'typeParameters']);

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const [name, value] of Object.entries(node)) {
    if (NOT_RUN.has(name)) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item?.type === 'string' && item.start !== undefined && !/^Comment/.test(item.type)) {
        children.push(item as Node);
      }
    }
  }
  return children;
}
