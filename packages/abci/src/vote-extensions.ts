/** Vote extensions, which no application of ours has. A chain that needs them is refused before it can get stuck. */
import type { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import { AbciError } from "./errors.ts";

/** Refuses parameters that would make the engine ask for vote extensions. @throws AbciError `voteExtensions`. */
export function assertNoVoteExtensions(params: ConsensusParams | undefined, where: string): void {
  const height = params?.abci?.voteExtensionsEnableHeight ?? 0n;
  if (height > 0n)
    throw new AbciError(
      "voteExtensions",
      `${where} enables vote extensions at height ${height}, which this application does not support: ` +
        "abci.vote_extensions_enable_height must be 0",
    );
}

/** What a request for, or about, a vote extension is answered with. */
export const voteExtensionsUnsupported = (): AbciError =>
  new AbciError(
    "voteExtensions",
    "this application does not support vote extensions: abci.vote_extensions_enable_height must be 0",
  );
