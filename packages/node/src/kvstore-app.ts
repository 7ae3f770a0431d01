/** A small application to try engines and clients with, after CometBFT's `abci/example/kvstore`: no accounts, no fees. */
import { defaultConsensusParams, ed25519Key, type GenesisDoc } from "@tandem-ics/comet";
import {
  be64,
  concatBytes,
  EMPTY,
  ed25519PublicKey,
  fromBase64,
  fromBe64,
  sha256,
  utf8,
} from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import { type Application, assert, GRPC, GrpcError } from "@tandem-ics/runtime";
import { type Backend, createMemoryBackend } from "@tandem-ics/store";
import {
  type ExecTxResult,
  ResponseProcessProposal_ProposalStatus as ProposalStatus,
  ResponseCheckTx,
  type ResponseFinalizeBlock,
  ResponseQuery,
  type ValidatorUpdate,
} from "cosmjs-types/tendermint/abci/types";

/** The application with what tests look at. */
export interface KvStoreApp extends Application {
  /** Misbehaviour reported so far, as `height/address in hex`. */
  readonly misbehaviour: readonly string[];
}

const decoder = new TextDecoder();
const HEIGHT_KEY = utf8("h");
const HASH_KEY = utf8("a");
const pairKey = (key: string): Uint8Array => utf8(`k${key}`);
const CODE_INVALID = 1;
const EMPTY_STATE_HASH = be64(0n);

type Parsed =
  | { readonly kind: "set"; readonly key: string; readonly value: string }
  | { readonly kind: "validator"; readonly update: ValidatorUpdate };

/**
 * `key=value` stores a pair; `val:base64!power` changes a validator; `fail=now` breaks the execution of its block, to see a
 * chain halt. Anything else is invalid.
 */
function parse(tx: Uint8Array): Parsed | undefined {
  const text = decoder.decode(tx);
  const validator = /^val:([A-Za-z0-9+/]{43}=)!(\d{1,12})$/.exec(text);
  if (validator !== null)
    return {
      kind: "validator",
      update: { pubKey: { ed25519: fromBase64(validator[1]!) }, power: BigInt(validator[2]!) },
    };
  const pair = /^([^=]+)=([^=]*)$/s.exec(text);
  return pair === null ? undefined : { kind: "set", key: pair[1]!, value: pair[2]! };
}

const attribute = (key: string, value: string, index = true) => ({ key, value, index });

function resultOf(parsed: Parsed | undefined): ExecTxResult {
  const base = { data: EMPTY, info: "", gasWanted: 1n, gasUsed: 1n, events: [], codespace: "" };
  if (parsed === undefined)
    return { ...base, code: CODE_INVALID, codespace: "kvstore", log: "expected key=value" };
  if (parsed.kind === "validator") return { ...base, code: 0, log: "" };
  const { key, value } = parsed;
  const pair = { type: "app", attributes: [attribute("key", key), attribute("value", value)] };
  const more = {
    type: "app",
    attributes: [
      attribute("creator", "kvstore"),
      attribute("length", `${value.length}chars`),
      attribute("hidden", value, false),
    ],
  };
  return { ...base, code: 0, log: "", data: utf8(value), events: [pair, more] };
}

/** The application over a backend, which keeps what was committed. */
export function createKvStoreApp(backend: Backend = createMemoryBackend()): KvStoreApp {
  const heightBytes = backend.get(HEIGHT_KEY);
  let height = heightBytes === undefined ? 0n : fromBe64(heightBytes);
  let appHash = backend.get(HASH_KEY) ?? EMPTY_STATE_HASH;
  let pending: { height: bigint; appHash: Uint8Array; pairs: Map<string, string> } | undefined;
  const misbehaviour: string[] = [];

  function finalizeBlock(txs: readonly Uint8Array[], at: bigint): ResponseFinalizeBlock {
    const pairs = new Map<string, string>();
    const validatorUpdates = new Map<string, ValidatorUpdate>();
    const txResults: ExecTxResult[] = [];
    let hash = appHash;
    for (const tx of txs) {
      const parsed = parse(tx);
      assert(parsed?.kind !== "set" || parsed.key !== "fail", "told to fail");
      if (parsed?.kind === "set") pairs.set(parsed.key, parsed.value);
      if (parsed?.kind === "validator") validatorUpdates.set(decoder.decode(tx).slice(0, 48), parsed.update);
      if (parsed !== undefined) hash = sha256(concatBytes(hash, tx));
      txResults.push(resultOf(parsed));
    }
    pending = { height: at, appHash: hash, pairs };
    const events =
      txs.length === 0 ? [] : [{ type: "block", attributes: [attribute("txs", String(txs.length))] }];
    return { events, txResults, validatorUpdates: [...validatorUpdates.values()], appHash: hash };
  }

  return {
    misbehaviour,
    info: () => ({
      data: "kvstore",
      version: "1",
      appVersion: 0n,
      lastBlockHeight: height,
      lastBlockAppHash: appHash,
    }),
    initChain: () => ({ validators: [], appHash: EMPTY_STATE_HASH }),
    checkTx: ({ tx }) => ({
      ...ResponseCheckTx.fromPartial({}),
      ...resultOf(parse(tx)),
      events: [],
      data: EMPTY,
    }),
    prepareProposal: ({ txs }) => ({ txs }),
    processProposal: () => ({ status: ProposalStatus.ACCEPT }),
    finalizeBlock(request) {
      for (const { height: at, validator } of request.misbehavior)
        misbehaviour.push(`${at}/${Buffer.from(validator.address).toString("hex")}`);
      return finalizeBlock(request.txs, request.height);
    },
    commit() {
      assert(pending !== undefined, "nothing to commit");
      const batch = backend.batch();
      batch.set(HEIGHT_KEY, be64(pending.height));
      batch.set(HASH_KEY, pending.appHash);
      for (const [key, value] of pending.pairs) batch.set(pairKey(key), utf8(value));
      batch.write();
      ({ height, appHash } = pending);
      pending = undefined;
      return { retainHeight: 0n };
    },
    query({ path, data, height: asked }) {
      const at = asked === 0n ? height : asked;
      if (path !== "/store/kv/key")
        return ResponseQuery.fromPartial({
          code: 6,
          codespace: "sdk",
          log: "unknown query path: unknown request",
        });
      const value = backend.get(pairKey(decoder.decode(data))) ?? EMPTY;
      return ResponseQuery.fromPartial({ key: data, value, height: at });
    },
    grpcQuery({ path }) {
      throw new GrpcError(GRPC.unimplemented, `unknown method ${path}`);
    },
    services: { queries: [], messages: [] },
    exportGenesis: () => ({}),
    invariants: () => [],
    close: () => backend.close(),
  };
}

/** What can be chosen of a chain of this application. */
export interface KvStoreChain {
  readonly chainId?: string;
  /** Nanoseconds since 1970. */
  readonly genesisTimeNs?: bigint;
  readonly initialHeight?: bigint;
  /** Powers of the validators, 10 by default. */
  readonly powers?: readonly bigint[];
}

/** Genesis whose validators have the keys of these 32-byte Ed25519 seeds. */
export function kvStoreGenesis(seeds: readonly Uint8Array[], chain: KvStoreChain = {}): GenesisDoc {
  return {
    genesisTime: nsToTimestamp(chain.genesisTimeNs ?? 1_700_000_000_000_000_000n),
    chainId: chain.chainId ?? "kvstore-1",
    initialHeight: chain.initialHeight ?? 1n,
    consensusParams: defaultConsensusParams(),
    validators: seeds.map((seed, i) => ({
      pubKey: ed25519Key(ed25519PublicKey(seed)),
      power: chain.powers?.[i] ?? 10n,
      name: `val${i}`,
    })),
    appHash: EMPTY,
    appState: "{}",
  };
}
