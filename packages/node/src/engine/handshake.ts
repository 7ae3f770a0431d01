/** Brings application and block record to one height at start (ABCI 2.0 spec; CometBFT `consensus/replay.go`). */
import {
  type ChainState,
  finalizeBlockRequest,
  type GenesisDoc,
  genesisState,
  initChainRequest,
} from "@tandem-ics/comet";
import { equalBytes, toHexUpper } from "@tandem-ics/crypto";
import type { Application } from "@tandem-ics/runtime";
import type { Backend } from "@tandem-ics/store";
import type { ResponseInfo } from "cosmjs-types/tendermint/abci/types";
import { errorText, HandshakeError } from "../errors.ts";
import type { EngineBlockStore } from "../storage/block-store.ts";

/** Version of CometBFT whose bytes and answers this node gives. */
export const COMETBFT_VERSION = "0.38.17";
/** `block` protocol number in headers. */
export const BLOCK_PROTOCOL_VERSION = 11n;
/** `p2p` protocol number that nodes of this version name. */
export const P2P_PROTOCOL_VERSION = 8n;
const ABCI_VERSION = "2.0.0";

interface Parties {
  readonly app: Application;
  readonly genesis: GenesisDoc;
  readonly backend: Backend;
  readonly blocks: EngineBlockStore;
}

/**
 * Asks the application where it stands, gives it genesis or the blocks that it lacks, and compares app hashes. The record of
 * a block is written before the application commits, so the application is never ahead.
 * @throws HandshakeError
 */
export function shakeHands({ app, genesis, backend, blocks }: Parties): ChainState {
  const info = app.info({
    version: COMETBFT_VERSION,
    blockVersion: BLOCK_PROTOCOL_VERSION,
    p2pVersion: P2P_PROTOCOL_VERSION,
    abciVersion: ABCI_VERSION,
  });
  let state = blocks.loadState();
  if (state !== undefined && state.chainId !== genesis.chainId)
    throw new HandshakeError(`the stored chain is ${state.chainId}, genesis is for ${genesis.chainId}`);
  const recorded = state?.lastBlockHeight ?? 0n;
  if (info.lastBlockHeight > recorded)
    throw new HandshakeError(
      `app block height (${info.lastBlockHeight}) is higher than core (${recorded}): the block record is missing`,
    );
  if (info.lastBlockHeight === 0n) {
    const answer = begin(app, genesis, info);
    if (state === undefined || recorded === 0n) {
      state = answer;
      const batch = backend.batch();
      blocks.saveGenesis(batch, state);
      batch.write();
    }
  }
  if (state === undefined) throw new HandshakeError("the application has blocks that the record lacks");
  if (info.lastBlockHeight < recorded) replay(app, blocks, state, info.lastBlockHeight);
  else if (info.lastBlockHeight > 0n) assertSameHash(info.lastBlockAppHash, state.appHash, recorded);
  return state;
}

function begin(app: Application, genesis: GenesisDoc, info: ResponseInfo): ChainState {
  try {
    const initChain = app.initChain(initChainRequest(genesis));
    return genesisState(genesis, { appVersion: info.appVersion, initChain });
  } catch (error) {
    throw new HandshakeError(`genesis was refused: ${errorText(error)}`, { cause: error });
  }
}

function replay(app: Application, blocks: EngineBlockStore, state: ChainState, from: bigint): void {
  const last = state.lastBlockHeight;
  const first = from < state.initialHeight ? state.initialHeight : from + 1n;
  for (let height = first; height <= last; height++) {
    const block = blocks.block(height);
    const lastValidators = height === state.initialHeight ? undefined : blocks.validators(height - 1n);
    if (block === undefined) throw new HandshakeError(`block ${height} is missing`);
    const before: ChainState = { ...state, lastValidators };
    const response = app.finalizeBlock(finalizeBlockRequest(before, block));
    app.commit();
    const expected = height === last ? state.appHash : blocks.meta(height + 1n)?.header.appHash;
    assertSameHash(response.appHash, expected, height);
  }
}

function assertSameHash(got: Uint8Array, expected: Uint8Array | undefined, height: bigint): void {
  if (expected !== undefined && equalBytes(got, expected)) return;
  const wanted = expected === undefined ? "none" : toHexUpper(expected);
  throw new HandshakeError(`app hash at height ${height} is ${toHexUpper(got)}, the record has ${wanted}`);
}
