/** Heights of chains that can be restarted at 1 under a higher revision (ICS-02, ibc-go `02-client/types/height.go`). */

/** A block height of one revision of a chain. Compared by revision first. */
export interface Height {
  readonly revisionNumber: bigint;
  readonly revisionHeight: bigint;
}

/** No height: as a timeout it means "never". */
export const ZERO_HEIGHT: Height = { revisionNumber: 0n, revisionHeight: 0n };

/** Makes a height. */
export const makeHeight = (revisionNumber: bigint, revisionHeight: bigint): Height => ({
  revisionNumber,
  revisionHeight,
});

/** Whether both parts are zero. */
export const isZeroHeight = (height: Height): boolean =>
  height.revisionNumber === 0n && height.revisionHeight === 0n;

const compare = (a: bigint, b: bigint): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

/** Order by revision, then by height. */
export const compareHeights = (a: Height, b: Height): -1 | 0 | 1 =>
  compare(a.revisionNumber, b.revisionNumber) || compare(a.revisionHeight, b.revisionHeight);

/** `{revision}-{height}`, as in paths and events. */
export const formatHeight = (height: Height): string => `${height.revisionNumber}-${height.revisionHeight}`;

const MAX_UINT64 = (1n << 64n) - 1n;

/** Inverse of {@link formatHeight}; leading zeros are allowed, as Go's parser does. `undefined` for other text. */
export function parseHeight(text: string): Height | undefined {
  const match = /^([0-9]+)-([0-9]+)$/.exec(text);
  if (match === null) return undefined;
  const height = makeHeight(BigInt(match[1]!), BigInt(match[2]!));
  return height.revisionNumber > MAX_UINT64 || height.revisionHeight > MAX_UINT64 ? undefined : height;
}

const REVISION_FORMAT = /^[^\n]*[^\n-]-[1-9][0-9]*$/;

/** Whether a chain id ends with `-{revision}`, revision from 1 and without leading zeros. */
export const isRevisionFormat = (chainId: string): boolean => REVISION_FORMAT.test(chainId);

/**
 * Revision number of a chain id: 0 unless it has the revision format, `undefined` if the number needs more than 64
 * bits. Go panics on the latter: no chain can have such an id.
 */
export function parseRevision(chainId: string): bigint | undefined {
  if (!isRevisionFormat(chainId)) return 0n;
  const revision = BigInt(chainId.slice(chainId.lastIndexOf("-") + 1));
  return revision > MAX_UINT64 ? undefined : revision;
}

/** As {@link parseRevision}, for ids of known chains. Throws `RangeError` for an impossible one. */
export function revisionOf(chainId: string): bigint {
  const revision = parseRevision(chainId);
  if (revision === undefined) throw new RangeError(`chain id ${chainId}: revision number out of range`);
  return revision;
}

/** `chainId` under another revision; unchanged if it has no revision format. */
export const withRevision = (chainId: string, revision: bigint): string =>
  isRevisionFormat(chainId) ? `${chainId.slice(0, chainId.lastIndexOf("-") + 1)}${revision}` : chainId;
