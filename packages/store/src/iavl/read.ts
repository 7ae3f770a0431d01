/** Searching and walking a tree. */
import type { KeyRange } from "../sorted-entries.ts";
import { compareKeys, compareToNode, headOf, type IavlNode } from "./node.ts";

/** Where the content of saved nodes comes from. */
export interface NodeSource {
  /** Reads the content of a saved node in place. Throws StoreError if it was pruned. */
  load(node: IavlNode): void;
  /** The node with content, in place only if that was there before: for walks that should not fill the memory. */
  peek(node: IavlNode): IavlNode;
}

/** The leaf of `key`. */
export function findLeaf(
  source: NodeSource,
  root: IavlNode | undefined,
  key: Uint8Array,
): IavlNode | undefined {
  const head = headOf(key);
  let node = root;
  while (node !== undefined) {
    if (node.key === undefined) source.load(node);
    const order = compareToNode(key, head, node);
    if (node.height === 0) return order === 0 ? node : undefined;
    node = order < 0 ? node.left : node.right;
  }
  return undefined;
}

/** Inner nodes from the root to the leaf of `key`, and the leaf. */
export function findPath(
  source: NodeSource,
  root: IavlNode | undefined,
  key: Uint8Array,
): { path: IavlNode[]; leaf: IavlNode } | undefined {
  const path: IavlNode[] = [];
  const head = headOf(key);
  let node = root;
  while (node !== undefined) {
    if (node.key === undefined) source.load(node);
    const order = compareToNode(key, head, node);
    if (node.height === 0) return order === 0 ? { path, leaf: node } : undefined;
    path.push(node);
    node = order < 0 ? node.left : node.right;
  }
  return undefined;
}

/** Leaves in the order of `range`. The nodes below `root` must not be changed in place meanwhile. */
export function* walkLeaves(
  source: NodeSource,
  root: IavlNode | undefined,
  { start, end, reverse }: KeyRange,
  keep: boolean,
): Generator<readonly [Uint8Array, Uint8Array], void, undefined> {
  const open: IavlNode[] = root === undefined ? [] : [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.key === undefined && keep) source.load(next);
    const node = next.key === undefined ? source.peek(next) : next;
    const key = node.key!;
    if (node.height === 0) {
      const inside =
        (start === undefined || compareKeys(key, start) >= 0) &&
        (end === undefined || compareKeys(key, end) < 0);
      if (inside) yield [key, node.value!];
      continue;
    }
    const left = start === undefined || compareKeys(start, key) < 0 ? node.left : undefined;
    const right = end === undefined || compareKeys(end, key) > 0 ? node.right : undefined;
    const first = reverse ? right : left;
    const second = reverse ? left : right;
    if (second !== undefined) open.push(second);
    if (first !== undefined) open.push(first);
  }
}
