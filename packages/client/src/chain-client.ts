/**
 * One chain as a program outside sees it: queries, headers, validator sets, events and state proofs. Everything goes
 * through CosmJS over one `RpcClient`, so that it works the same against a Go chain.
 */
import { QueryClient } from "@cosmjs/stargate";
import { Comet38Client, type RpcClient } from "@cosmjs/tendermint-rpc";
import {
  existingValidatorSet,
  readJson,
  signedHeaderFromRpcJson,
  type Validator,
  validatorFromRpcJson,
  validatorSetToProto,
} from "@tandem-ics/comet";
import { fromBase64, toHex, utf8 } from "@tandem-ics/crypto";
import { revisionOf } from "@tandem-ics/ibc/24-host";
import { parseTimestamp } from "@tandem-ics/proto";
import { CommitmentProof } from "cosmjs-types/cosmos/ics23/v1/proofs";
import type { Height } from "cosmjs-types/ibc/core/client/v1/client";
import { MerkleProof } from "cosmjs-types/ibc/core/commitment/v1/commitment";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { SignedHeader } from "cosmjs-types/tendermint/types/types";
import type { ValidatorSet as ProtoValidatorSet } from "cosmjs-types/tendermint/types/validator";
import type { TxEvent } from "./broadcast-tx.ts";
import { ClientError } from "./errors.ts";
import { createPollingPace, type Pace } from "./pace.ts";
import {
  type ChainQueries,
  setupConsumerExtension,
  setupIbcCoreExtension,
  setupProviderExtension,
  setupSdkExtension,
} from "./query-extensions.ts";
import { callRpc } from "./rpc.ts";

/** Where a chain stands. */
export interface ChainStatus {
  readonly height: bigint;
  /** Time in the latest header, ns since 1970. */
  readonly timeNs: bigint;
  readonly earliestHeight: bigint;
  readonly catchingUp: boolean;
}

/** What one block did. */
export interface BlockEvents {
  readonly height: bigint;
  /** Of the transactions, in order; failed ones have none here. */
  readonly txs: readonly (readonly TxEvent[])[];
  /** Of begin and end block. */
  readonly block: readonly TxEvent[];
}

/** A value of the chain's `ibc` store, with its proof. */
export interface ProvenValue {
  /** Empty when the key is absent. */
  readonly value: Uint8Array;
  /** Encoded `MerkleProof` (ICS-23), as IBC messages carry it. */
  readonly proof: Uint8Array;
  /** Height of the header whose app hash is the proof's root: the queried height + 1. */
  readonly proofHeight: Height;
}

/** A chain behind RPC. */
export interface ChainClient {
  readonly chainId: string;
  /** Revision number of the chain id (ICS-02). */
  readonly revision: bigint;
  readonly rpc: RpcClient;
  readonly comet: Comet38Client;
  readonly query: ChainQueries;
  readonly pace: Pace;
  status(): Promise<ChainStatus>;
  /** IBC height of this chain. */
  heightOf(height: bigint): Height;
  signedHeader(height: bigint): Promise<SignedHeader>;
  /** Validator set that signs `height`, up to latest + 1. */
  validators(height: bigint): Promise<readonly Validator[]>;
  /**
   * The message of a client update from `trusted` to `height` (07-tendermint `Header`). Trusted validators are those
   * of the trusted height + 1, whose hash the trusted consensus state holds.
   */
  clientHeader(height: bigint, trusted: Height): Promise<ClientHeader>;
  blockEvents(height: bigint): Promise<BlockEvents>;
  /**
   * Value and proof under `path` of the `ibc` store, provable against the header at `proofHeight`, which must exist.
   */
  prove(path: string, proofHeight: bigint): Promise<ProvenValue>;
  disconnect(): void;
}

/** Options of {@link connectChain}. */
export interface ConnectOptions {
  /** How to wait for blocks; by default `/status` is polled. */
  readonly pace?: Pace;
}

/** Heights of which headers and validators are kept. */
const CACHE_LIMIT = 64;

function remember<T>(cache: Map<bigint, Promise<T>>, height: bigint, read: () => Promise<T>): Promise<T> {
  const known = cache.get(height);
  if (known !== undefined) return known;
  const value = read();
  if (cache.size >= CACHE_LIMIT) cache.delete(cache.keys().next().value!);
  cache.set(height, value);
  value.catch(() => cache.delete(height));
  return value;
}

/** Connects to a CometBFT 0.38 chain. */
export async function connectChain(rpc: RpcClient, options: ConnectOptions = {}): Promise<ChainClient> {
  const comet = Comet38Client.create(rpc);
  const { node_info } = (await callRpc(rpc, "status", {})) as { node_info: { network: string } };
  return createChainClient(node_info.network, rpc, comet, options);
}

function createChainClient(
  chainId: string,
  rpc: RpcClient,
  comet: Comet38Client,
  options: ConnectOptions,
): ChainClient {
  const query = QueryClient.withExtensions(
    comet,
    setupProviderExtension,
    setupConsumerExtension,
    setupIbcCoreExtension,
    setupSdkExtension,
  ) as ChainQueries;
  const revision = revisionOf(chainId);
  const headers = new Map<bigint, Promise<SignedHeader>>();
  const sets = new Map<bigint, Promise<readonly Validator[]>>();
  const heightOf = (height: bigint): Height => ({ revisionNumber: revision, revisionHeight: height });

  const readSignedHeader = async (height: bigint): Promise<SignedHeader> => {
    const answer = (await callRpc(rpc, "commit", { height: height.toString() })) as { signed_header: never };
    return signedHeaderFromRpcJson(readJson(answer.signed_header));
  };
  const readValidators = async (height: bigint): Promise<readonly Validator[]> => {
    const found: Validator[] = [];
    for (let page = 1; ; page++) {
      const answer = (await callRpc(rpc, "validators", {
        height: height.toString(),
        page: page.toString(),
        per_page: "100",
      })) as { validators: never[]; total: string };
      found.push(...answer.validators.map((v) => validatorFromRpcJson(readJson(v))));
      if (found.length >= Number(answer.total) || answer.validators.length === 0) return found;
    }
  };
  const signedHeader = (height: bigint) => remember(headers, height, () => readSignedHeader(height));
  const validators = (height: bigint) => remember(sets, height, () => readValidators(height));

  return {
    chainId,
    revision,
    rpc,
    comet,
    query,
    pace: options.pace ?? createPollingPace(rpc),
    heightOf,
    signedHeader,
    validators,
    async status() {
      const { sync_info } = (await callRpc(rpc, "status", {})) as { sync_info: SyncInfo };
      return {
        height: BigInt(sync_info.latest_block_height),
        timeNs: parseTimestamp(sync_info.latest_block_time),
        earliestHeight: BigInt(sync_info.earliest_block_height),
        catchingUp: sync_info.catching_up,
      };
    },
    async clientHeader(height, trusted) {
      const [signed, own, next] = await Promise.all([
        signedHeader(height),
        validators(height),
        validators(trusted.revisionHeight + 1n),
      ]);
      return {
        signedHeader: signed,
        validatorSet: protoSet(own, signed.header?.proposerAddress),
        trustedHeight: trusted,
        trustedValidators: protoSet(next),
      };
    },
    async blockEvents(height) {
      const answer = (await callRpc(rpc, "block_results", { height: height.toString() })) as BlockResults;
      return {
        height,
        txs: (answer.txs_results ?? []).map((tx) => (tx.code ? [] : (tx.events ?? []))),
        block: answer.finalize_block_events ?? [],
      };
    },
    async prove(path, proofHeight) {
      const { response } = (await callRpc(rpc, "abci_query", {
        path: "/store/ibc/key",
        data: toHex(utf8(path)),
        height: (proofHeight - 1n).toString(),
        prove: true,
      })) as { response: AbciResponse };
      if (response.code)
        throw new ClientError("query-failed", `${chainId}: no proof of ${path}: ${response.log}`, {
          chainId,
        });
      const ops = response.proofOps?.ops ?? [];
      const proofs = ops.map((op) => CommitmentProof.decode(fromBase64(op.data)));
      return {
        value: response.value ? fromBase64(response.value) : new Uint8Array(),
        proof: MerkleProof.encode({ proofs }).finish(),
        proofHeight: heightOf(proofHeight),
      };
    },
    disconnect: () => comet.disconnect(),
  };
}

/** `proposer` must be present and a member; which one does not matter to light clients. */
function protoSet(validators: readonly Validator[], proposerAddress?: Uint8Array): ProtoValidatorSet {
  const set = validatorSetToProto(existingValidatorSet(validators));
  if (proposerAddress === undefined) return set;
  const hex = toHex(proposerAddress);
  const proposer = set.validators.find((v) => toHex(v.address) === hex);
  return proposer === undefined ? set : { ...set, proposer };
}

interface SyncInfo {
  latest_block_height: string;
  latest_block_time: string;
  earliest_block_height: string;
  catching_up: boolean;
}

interface BlockResults {
  txs_results: { code?: number; events?: TxEvent[] }[] | null;
  finalize_block_events: TxEvent[] | null;
}

interface AbciResponse {
  code?: number;
  log?: string;
  value: string | null;
  proofOps: { ops: { type: string; key: string; data: string }[] } | null;
}
