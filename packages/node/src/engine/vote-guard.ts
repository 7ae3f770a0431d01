/** What stands between a block and its votes: keeps keys that lie in files from signing twice. */
import type { Commit } from "cosmjs-types/tendermint/types/types";

/** Asked about every block before anything of it is seen. */
export interface VoteGuard {
  /**
   * Brings the keys' files to the last block of the record: a process that died after it had recorded a block and before its
   * keys' files said so. Throws when a key has signed something else at that height.
   */
  recover(chainId: string, lastCommit: Commit): void;
  /** Throws unless the keys of these addresses may vote at `height`. Asked before a block is made. */
  check(height: bigint, addresses: readonly Uint8Array[]): void;
  /** Writes down durably that these votes are made. The block is in the record by then, and nobody has seen it. */
  keep(chainId: string, commit: Commit): void;
}
