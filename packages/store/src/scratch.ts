/** Memory for preimages: hashing thousands of nodes must not allocate an array for each. */

/** Reusable bytes. What was taken is valid until the next use. */
export interface Scratch {
  readonly bytes: Uint8Array;
  /** The first `length` bytes; views are made once for each length. */
  to(length: number): Uint8Array;
}

/** Scratch memory of `size` bytes. */
export function createScratch(size: number): Scratch {
  const bytes = new Uint8Array(size);
  const views: Uint8Array[] = [];
  return {
    bytes,
    to(length) {
      const view = views[length] ?? bytes.subarray(0, length);
      views[length] = view;
      return view;
    },
  };
}
