/** What stands between a block and its votes: keeps keys that lie in files from signing twice. */
import type { Commit } from "cosmjs-types/tendermint/types/types";

/** Asked about every block before anything of it is saved or seen. */
export interface VoteGuard {
  /** The first round at `height` in which the keys of these addresses may vote. Throws when one of them may not. */
  firstRound(height: bigint, addresses: readonly Uint8Array[]): number;
  /** Writes down durably that these votes are made. Throws when one of the keys may not; then none may leave. */
  keep(chainId: string, commit: Commit): void;
}
