/** A tree as a stream of nodes, and a tree from such a stream (IAVL v1, `export.go`, `import.go`). */
import { EMPTY, fromBinary, sha256 } from "@tandem-ics/crypto";
import type { BackendBatch } from "../backend.ts";
import { SnapshotError } from "../snapshots/errors.ts";
import { compareKeys, hashNode, headOf, IavlNode } from "./node.ts";
import type { NodeSource } from "./read.ts";
import { createRecordKeys, encodeNode, encodeRoot } from "./records.ts";

/** A node as it travels: what cannot be derived from the nodes before it. */
export interface ExportedNode {
  readonly key: Uint8Array;
  /** Empty for inner nodes. */
  readonly value: Uint8Array;
  /** Version in which the node was saved; a whole number below 2^53. */
  readonly version: number;
  /** 0 for leaves. */
  readonly height: number;
}

/** Longest key that the SDK's stores take. */
const MAX_KEY_LENGTH = 0xffff;
/** Subtrees that wait for their parent. A balanced tree of 2^53 leaves is not as deep, so a longer row is no tree. */
const MAX_OPEN = 96;

interface Frame {
  readonly node: ExportedNode;
  /** The next child to visit is the last one. */
  readonly children: IavlNode[];
}

/**
 * Nodes below `root`, children before their parent and left before right. May be left and taken up again while later
 * versions are saved, as long as the version of `root` is not pruned; nothing that it reads stays in memory.
 */
export function* exportNodes(
  source: NodeSource,
  root: IavlNode | undefined,
): Generator<ExportedNode, void, undefined> {
  const open: Frame[] = root === undefined ? [] : [openFrame(source, root)];
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    const child = frame.children.pop();
    if (child === undefined) {
      open.pop();
      yield frame.node;
    } else open.push(openFrame(source, child));
  }
}

/** Takes what is needed out of the node: its content may be dropped from memory before the walk comes back to it. */
function openFrame(source: NodeSource, link: IavlNode): Frame {
  const node = link.key === undefined ? source.peek(link) : link;
  const { height, version } = node;
  return {
    node: { key: node.key!, value: height === 0 ? node.value! : EMPTY, version, height },
    children: height === 0 ? [] : [node.right!, node.left!],
  };
}

/** A tree that is being built from exported nodes. */
export interface IavlImport {
  /** Puts the next node into `batch`. Throws {@link SnapshotError} for one that no valid tree has at this place. */
  add(node: ExportedNode, batch: BackendBatch): void;
  /** Ends the tree. Throws {@link SnapshotError} if it has no root. */
  finish(): ImportedTree;
}

/** A tree that is complete but belongs to no version yet. */
export interface ImportedTree {
  readonly hash: Uint8Array;
  /** Makes the version visible in `batch`. */
  commit(batch: BackendBatch): void;
}

/** A finished subtree. */
interface Subtree {
  readonly node: IavlNode;
  readonly smallest: Uint8Array;
}

/**
 * Builds version `version` of a tree whose backend keys begin with `prefix`; there must be nothing. Hashes are computed
 * here. They do not cover the keys of inner nodes, yet those decide where later keys go, which makes them consensus
 * data: a key that is not the smallest of the right subtree is refused, and so is every shape that IAVL never makes.
 */
export function createIavlImport(prefix: Uint8Array, version: number): IavlImport {
  const keys = createRecordKeys(prefix);
  const nonces = new Map<number, number>();
  const open: Subtree[] = [];
  let lastKey: Uint8Array | undefined;

  function leaf({ key, value }: ExportedNode): Subtree {
    require(lastKey === undefined ||
      compareKeys(lastKey, key) < 0, "leaves are not in the order of their keys");
    lastKey = key;
    const node = new IavlNode(0, 1, 0, 0, "");
    node.value = value;
    return { node, smallest: key };
  }

  function inner({ key, value, version: saved, height }: ExportedNode): Subtree {
    const right = open.pop();
    const left = open.pop();
    require(left !== undefined && right !== undefined, "an inner node has fewer than two children");
    const [a, b] = [left.node, right.node];
    require(value.length === 0, "an inner node has a value");
    require(height ===
      Math.max(a.height, b.height) + 1, "the height of an inner node is not that of its children");
    require(Math.abs(a.height - b.height) <= 1, "the tree is not balanced");
    // whoever changes a child makes its parents anew
    require(saved >= a.version && saved >= b.version, "an inner node is older than its child");
    require(compareKeys(key, right.smallest) ===
      0, "the key of an inner node is not the smallest of its right side");
    const node = new IavlNode(height, a.size + b.size, 0, 0, "");
    node.left = a;
    node.right = b;
    return { node, smallest: left.smallest };
  }

  return {
    add(exported, batch) {
      const { key, version: saved, height } = exported;
      require(key.length > 0 && key.length <= MAX_KEY_LENGTH, "the length of a key is out of range");
      require(saved >= 1 && saved <= version, "the version of a node is out of range");
      require(height >= 0, "the height of a node is negative");
      const subtree = height === 0 ? leaf(exported) : inner(exported);
      const { node } = subtree;
      const nonce = (nonces.get(saved) ?? 0) + 1;
      nonces.set(saved, nonce);
      node.key = key;
      node.head = headOf(key);
      hashNode(node, saved);
      node.version = saved;
      node.nonce = nonce;
      batch.set(keys.node(saved, nonce), encodeNode(node));
      // it is read again from the backend
      node.key = node.value = node.left = node.right = undefined;
      open.push(subtree);
      require(open.length <= MAX_OPEN, "too many subtrees without a parent");
    },
    finish() {
      require(open.length <= 1, "the tree has more than one root");
      const root = open[0]?.node;
      return {
        hash: root === undefined ? sha256(EMPTY) : fromBinary(root.hash),
        commit: (batch) => batch.set(keys.root(version), encodeRoot(root)),
      };
    },
  };
}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new SnapshotError(what);
}
