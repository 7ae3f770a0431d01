/** The local engine: makes true blocks with the validators' keys held here, one after another. */
import { type ChainState, type GenesisDoc, nextHeight } from "@tandem-ics/comet";
import type { Application } from "@tandem-ics/runtime";
import type { Backend, BackendBatch } from "@tandem-ics/store";
import type { Commit } from "cosmjs-types/tendermint/types/types";
import type { Clock } from "../clock.ts";
import { errorText, HaltError, NodeError, NoQuorumError } from "../errors.ts";
import type { EngineMempool } from "../mempool.ts";
import type { CommittedBlock, EngineBlockStore } from "../storage/block-store.ts";
import { createEvidencePool, type EngineEvidencePool } from "../storage/evidence-pool.ts";
import { createEquivocations, type Equivocations } from "./equivocation.ts";
import { shakeHands } from "./handshake.ts";
import { executeBlock, proposeBlock, sealBlock, txBounds, votingTime } from "./produce-block.ts";
import type { Signers } from "./signers.ts";
import type { VoteGuard } from "./vote-guard.ts";
import { assertQuorum, electProposer, onlineVoters, signCommit } from "./voting.ts";

/** What the engine works on. */
export interface EngineParts {
  readonly app: Application;
  readonly genesis: GenesisDoc;
  readonly backend: Backend;
  readonly blocks: EngineBlockStore;
  readonly mempool: EngineMempool;
  readonly signers: Signers;
  readonly clock: Clock;
  /** For keys that another process may have used. */
  readonly guard?: VoteGuard | undefined;
  /** Adds what searches need to a block's batch. */
  index(batch: BackendBatch, block: CommittedBlock): void;
  /** Told of every block once it is visible everywhere. */
  committed(block: CommittedBlock): void;
}

/** The chain being made. */
export interface Engine {
  /** State after the last block. */
  readonly state: ChainState;
  readonly evidence: EngineEvidencePool;
  readonly equivocations: Equivocations;
  /** Set for good when the application failed. */
  readonly halted: HaltError | undefined;
  /**
   * Makes the next block. `timeNs` is the time on its votes: the next block's header time.
   * @throws NoQuorumError, HaltError
   */
  produce(timeNs?: bigint): CommittedBlock;
}

/** Brings application and record together and stands ready for the next block. @throws HandshakeError */
export function startEngine(parts: EngineParts): Engine {
  const { app, backend, blocks, mempool, signers, clock, guard } = parts;
  let state = shakeHands(parts);
  let lastCommit: Commit | undefined = blocks.commit(blocks.height);
  if (lastCommit !== undefined) guard?.recover(state.chainId, lastCommit);
  let halted: HaltError | undefined;
  let busy = false;
  const evidence = createEvidencePool(backend, blocks, () => state);
  const equivocations = createEquivocations(signers);
  mempool.setBounds(txBounds(state));

  function decide(timeNs: bigint | undefined): CommittedBlock {
    const before = state;
    const height = nextHeight(before);
    assertQuorum(before, height, signers);
    guard?.check(height, onlineVoters(before, signers));
    const { proposer, round } = electProposer(before, signers);
    const block = proposeBlock({
      app,
      state: before,
      lastCommit,
      evidence: evidence.forBlock(before.consensusParams.evidence.maxBytes),
      proposerAddress: proposer.address,
      reap: mempool.reap,
    });
    const { bytes, blockId } = sealBlock(block);
    const now = timeNs ?? clock.nowNs();
    const ballot = { state: before, height, round, blockId, timeNs: votingTime(now, block) };
    const commit = signCommit(ballot, signers);
    const reported = equivocations.perform(block, ballot, commit);
    const { response, after } = executeBlock(app, before, block, blockId);
    const record: CommittedBlock = { block, blockId, response, commit };
    // The record comes first: should the process die before the keys' files and the application have the block, the next
    // start brings them up to it. Nobody has seen anything of it by then.
    const batch = backend.batch();
    blocks.saveBlock(batch, record, bytes, before, after);
    evidence.update(batch, block.evidence.evidence, after);
    parts.index(batch, record);
    batch.write();
    guard?.keep(before.chainId, commit);
    app.commit();
    blocks.advance(height);
    state = after;
    lastCommit = commit;
    for (const duplicateVoteEvidence of reported) evidence.add({ duplicateVoteEvidence });
    mempool.update(block.data.txs, response.txResults, txBounds(after));
    return record;
  }

  function produce(timeNs?: bigint): CommittedBlock {
    if (halted !== undefined) throw halted;
    if (busy) throw new NodeError("notStarted", "a block is being made already");
    busy = true;
    let record: CommittedBlock;
    try {
      record = decide(timeNs);
    } catch (error) {
      if (error instanceof NoQuorumError) throw error;
      halted =
        error instanceof HaltError
          ? error
          : new HaltError(nextHeight(state), errorText(error), { cause: error });
      throw halted;
    } finally {
      busy = false;
    }
    parts.committed(record);
    return record;
  }

  return {
    get state() {
      return state;
    },
    evidence,
    equivocations,
    get halted() {
      return halted;
    },
    produce,
  };
}
