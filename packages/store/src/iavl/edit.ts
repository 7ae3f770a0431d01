/** Changing a tree: copy on write, AVL rotations (IAVL v1, `mutable_tree.go`). State-breaking in every branch. */
import { compareToNode, createLeaf, headOf, IavlNode } from "./node.ts";

/** The working copy of a tree while it is changed. */
export interface Edit {
  /** Unsaved nodes with this number may be changed in place; others are shared with a reader or saved. */
  id: number;
  /** Whether the last operation found its key. */
  hit: boolean;
  /** Smallest key of a right subtree that lost its leftmost leaf, on its way up to the node that names it. */
  smallest: Uint8Array | undefined;
  /** Saved nodes that the working tree no longer has: version and nonce by turns. */
  orphans: number[];
  /** Reads the content of a saved node in place. */
  load(node: IavlNode): void;
}

/** The tree with `key` set. `edit.hit` tells whether a value was replaced. */
export function setKey(edit: Edit, root: IavlNode | undefined, key: Uint8Array, value: Uint8Array): IavlNode {
  edit.hit = false;
  return root === undefined ? createLeaf(key, value, edit.id) : set(edit, root, key, headOf(key), value);
}

/** The tree without `key`. `edit.hit` tells whether there was one; if not, the tree is the same object. */
export function removeKey(edit: Edit, root: IavlNode | undefined, key: Uint8Array): IavlNode | undefined {
  edit.hit = false;
  edit.smallest = undefined;
  return root === undefined ? undefined : remove(edit, root, key, headOf(key));
}

function set(edit: Edit, node: IavlNode, key: Uint8Array, head: number, value: Uint8Array): IavlNode {
  if (node.key === undefined) edit.load(node);
  const order = compareToNode(key, head, node);
  if (node.height === 0)
    return order === 0 ? replaceValue(edit, node, value) : split(edit, node, order, key, value);
  const own = editable(edit, node);
  if (order < 0) own.left = set(edit, own.left!, key, head, value);
  else own.right = set(edit, own.right!, key, head, value);
  if (edit.hit) return own;
  measure(own);
  return balance(edit, own);
}

function replaceValue(edit: Edit, leaf: IavlNode, value: Uint8Array): IavlNode {
  edit.hit = true;
  const own = editable(edit, leaf);
  own.value = value;
  return own;
}

function split(edit: Edit, leaf: IavlNode, order: number, key: Uint8Array, value: Uint8Array): IavlNode {
  const added = createLeaf(key, value, edit.id);
  const parent = new IavlNode(1, 2, 0, edit.id, "");
  const right = order < 0 ? leaf : added;
  parent.key = right.key;
  parent.head = right.head;
  parent.left = order < 0 ? added : leaf;
  parent.right = right;
  return parent;
}

function remove(edit: Edit, node: IavlNode, key: Uint8Array, head: number): IavlNode | undefined {
  if (node.key === undefined) edit.load(node);
  const order = compareToNode(key, head, node);
  if (node.height === 0) {
    if (order !== 0) return node;
    edit.hit = true;
    retire(edit, node);
    return undefined;
  }
  return order < 0 ? removeLeft(edit, node, key, head) : removeRight(edit, node, key, head);
}

function removeLeft(edit: Edit, node: IavlNode, key: Uint8Array, head: number): IavlNode {
  const left = remove(edit, node.left!, key, head);
  if (!edit.hit) return node;
  if (left === undefined) {
    // the sibling moves up with the version it has
    edit.smallest = node.key;
    retire(edit, node);
    return node.right!;
  }
  const own = editable(edit, node);
  own.left = left;
  measure(own);
  return balance(edit, own);
}

function removeRight(edit: Edit, node: IavlNode, key: Uint8Array, head: number): IavlNode {
  const right = remove(edit, node.right!, key, head);
  if (!edit.hit) return node;
  if (right === undefined) {
    retire(edit, node);
    return node.left!;
  }
  const own = editable(edit, node);
  own.right = right;
  if (edit.smallest !== undefined) {
    own.key = edit.smallest;
    own.head = headOf(edit.smallest);
    edit.smallest = undefined;
  }
  measure(own);
  return balance(edit, own);
}

function retire(edit: Edit, node: IavlNode): void {
  if (node.version !== 0) edit.orphans.push(node.version, node.nonce);
}

/** `node` itself if this edit made it, else a copy without version and hash. */
function editable(edit: Edit, node: IavlNode): IavlNode {
  if (node.version === 0 && node.nonce === edit.id) {
    node.hash = "";
    return node;
  }
  retire(edit, node);
  const copy = new IavlNode(node.height, node.size, 0, edit.id, "");
  copy.key = node.key;
  copy.head = node.head;
  copy.value = node.value;
  copy.left = node.left;
  copy.right = node.right;
  return copy;
}

function measure(node: IavlNode): void {
  const left = node.left!;
  const right = node.right!;
  node.height = Math.max(left.height, right.height) + 1;
  node.size = left.size + right.size;
}

/** Height of the left child above that of the right. */
function lean(edit: Edit, node: IavlNode): number {
  if (node.key === undefined) edit.load(node);
  return node.left!.height - node.right!.height;
}

function balance(edit: Edit, node: IavlNode): IavlNode {
  const by = node.left!.height - node.right!.height;
  if (by > 1) {
    if (lean(edit, node.left!) < 0) node.left = rotateLeft(edit, editable(edit, node.left!));
    return rotateRight(edit, node);
  }
  if (by < -1) {
    if (lean(edit, node.right!) > 0) node.right = rotateRight(edit, editable(edit, node.right!));
    return rotateLeft(edit, node);
  }
  return node;
}

/** `node` is editable. */
function rotateRight(edit: Edit, node: IavlNode): IavlNode {
  if (node.left!.key === undefined) edit.load(node.left!);
  const top = editable(edit, node.left!);
  node.left = top.right!;
  top.right = node;
  measure(node);
  measure(top);
  return top;
}

/** `node` is editable. */
function rotateLeft(edit: Edit, node: IavlNode): IavlNode {
  if (node.right!.key === undefined) edit.load(node.right!);
  const top = editable(edit, node.right!);
  node.right = top.left!;
  top.left = node;
  measure(node);
  measure(top);
  return top;
}
