/**
 * A chain whose blocks and time the driver of a trace decides. The model's running block is a list of signed transactions
 * and acts of modules until it ends; meanwhile it is rehearsed, so that its state can be read. What the model does not know
 * of, such as handshakes and client updates, goes into extra blocks in front of it, a millisecond apart.
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import {
  type ChainClient,
  ClientError,
  connectChain,
  type TxEvent,
  type TxResult,
  type TxSender,
} from "@tandem-ics/client";
import {
  applyBlock,
  blockId,
  emptyCommit,
  finalizeBlockRequest,
  type GenesisDoc,
  makeBlock,
  type ValidatorSet,
} from "@tandem-ics/comet";
import { sha256, toHexUpper } from "@tandem-ics/crypto";
import { type CommittedBlock, createNode, inMemoryRpcClient, type Node } from "@tandem-ics/node";
import { type PacketEvents, packetEvents } from "@tandem-ics/relayer";
import { type Application, type BlockMoment, type Context, createAddressCodecs } from "@tandem-ics/runtime";
import type { ExecTxResult } from "cosmjs-types/tendermint/abci/types";
import { Mismatch } from "./errors.ts";
import type { Account } from "./names.ts";
import { createTxSigner } from "./signed-tx.ts";

/** What a chain is opened with. */
export interface TraceChainOptions {
  readonly name: string;
  readonly bech32Prefix: string;
  readonly genesis: GenesisDoc;
  /** Accounts in the order of genesis. */
  readonly accounts: readonly Account[];
  /** Sends what the model does not know of: client updates, handshakes. */
  readonly errandAccount: Account;
  /** Relays what the model says. */
  readonly carrierAccount: Account;
  /** Seeds of all validators' keys. */
  readonly keys: readonly Uint8Array[];
  createApp(duringBlock: (moment: BlockMoment) => void): Application;
}

/** The running block at a moment between its last transaction and its end, and what its end would do. */
export interface Rehearsal<T> {
  readonly value: T;
  readonly txResults: readonly ExecTxResult[];
  /** The validators that will sign the block after the next one. */
  readonly nextValidators: ValidatorSet;
}

/** What a block that ended did. */
export interface EndedBlock extends PacketEvents {
  readonly height: bigint;
}

/** See the head of this file. */
export interface TraceChain {
  readonly name: string;
  readonly node: Node;
  readonly client: ChainClient;
  /** Of accounts. */
  address(account: Account): string;
  /** Sends errands in extra blocks. */
  readonly errands: TxSender;
  /** Its transactions wait in the running block; what became of them is not told before that ends. */
  readonly carrier: TxSender;
  /** Height of the last real block. */
  readonly height: bigint;
  /** Time of the last block that the model knows of, and of the running one; nanoseconds since 1970. */
  readonly lastNs: bigint;
  readonly runningNs: bigint;
  /** Blocks of the model that ended. */
  readonly endedBlocks: number;
  /** Grows with everything that may change what a rehearsal shows. */
  readonly version: number;
  /** Adds a transaction to the running block. */
  add(account: Account, messages: readonly EncodeObject[]): void;
  /** Takes the last transaction of the running block back. */
  withdraw(): void;
  /** Lets a module act in the running block after what is in it. */
  act(run: (ctx: Context) => void): void;
  /** Executes the running block, reads its state before its end, and forgets it. */
  rehearse<T>(read: (moment: BlockMoment) => T): Rehearsal<T>;
  /** Makes an extra block. */
  extraBlock(): CommittedBlock;
  /** Puts transactions into one extra block, in their order. Throws when one fails. */
  sendExtra(txs: readonly UnsignedTx[]): CommittedBlock;
  /**
   * Ends the running block, after one more extra block, and begins the next at `nextNs`. Throws Mismatch when a
   * transaction in it fails.
   */
  endBlock(nextNs: bigint): EndedBlock;
  /** Names the running block's time before its end, as for the first one. */
  beginAt(lastNs: bigint, runningNs: bigint): void;
  close(): Promise<void>;
}

/** Messages of one account. */
export interface UnsignedTx {
  readonly account: Account;
  readonly messages: readonly EncodeObject[];
}

interface PendingTx {
  readonly account: Account;
  readonly bytes: Uint8Array;
}

interface Act {
  /** Transactions before it. */
  readonly after: number;
  run(ctx: Context): void;
}

const eventsOf = (result: ExecTxResult | undefined): TxEvent[] =>
  (result?.events ?? []).map(({ type, attributes }) => ({
    type,
    attributes: attributes.map(({ key, value }) => ({ key, value })),
  }));

/** Packets that a block sent and acknowledgements that it wrote. */
function packetsOf({ block, response }: CommittedBlock): PacketEvents {
  return packetEvents({
    height: block.header.height,
    txs: response.txResults.map((tx) => (tx.code === 0 ? eventsOf(tx) : [])),
    block: response.events.map(({ type, attributes }) => ({ type, attributes })),
  });
}

/** Opens the chain and makes its first block. */
export async function openTraceChain(options: TraceChainOptions): Promise<TraceChain> {
  const { name, genesis, accounts, errandAccount, carrierAccount } = options;
  const codec = createAddressCodecs(options.bech32Prefix).account;
  const signer = createTxSigner(genesis.chainId, accounts);
  let txs: PendingTx[] = [];
  let acts: Act[] = [];
  /** Set while the model's block is executed. */
  let open = false;
  let reader: ((moment: BlockMoment) => void) | undefined;
  let lastNs = 0n;
  let runningNs = 0n;
  let endedBlocks = 0;
  let version = 0;

  function duringBlock(moment: BlockMoment): void {
    if (!open) return;
    for (const act of acts) if (act.after === moment.executed) act.run(moment.ctx);
    if (moment.executed === txs.length) reader?.(moment);
  }

  const node = createNode({
    app: options.createApp(duringBlock),
    genesis,
    keys: options.keys,
    moniker: name,
    bech32Prefix: options.bech32Prefix,
    onHalt: () => {},
  });
  node.start();

  /** A block's time is that on the votes for the one before it. */
  function produce(nextTimeNs: bigint): CommittedBlock {
    version++;
    return node.produceBlock({ timeNs: nextTimeNs });
  }
  /** The next block comes as early as it may. */
  const extraBlock = (): CommittedBlock => produce(0n);

  let awaited: Promise<CommittedBlock> | undefined;
  /** An extra block once nothing else can go on without it: handshakes side by side share their blocks. */
  function nextExtraBlock(): Promise<CommittedBlock> {
    awaited ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        awaited = undefined;
        try {
          resolve(extraBlock());
        } catch (error) {
          reject(error);
        }
      });
    });
    return awaited;
  }

  function offer(bytes: Uint8Array): void {
    const { code, codespace, log } = node.mempool.checkTx(bytes);
    if (code !== 0)
      throw new ClientError("tx-rejected", `${name}: ${log}`, { abci: { codespace, code }, chainId: name });
  }

  function resultOf({ block, response }: CommittedBlock, bytes: Uint8Array): TxResult {
    const hash = toHexUpper(sha256(bytes));
    const result = response.txResults[block.data.txs.findIndex((tx) => toHexUpper(sha256(tx)) === hash)]!;
    const { code, codespace, log, gasUsed, gasWanted, data } = result;
    if (code !== 0)
      throw new ClientError("tx-failed", `${name}: ${log}`, { abci: { codespace, code }, chainId: name });
    return {
      hash,
      height: block.header.height,
      code,
      codespace,
      log,
      gasUsed,
      gasWanted,
      events: eventsOf(result),
      data,
    };
  }

  const results = new Map<string, TxResult>();
  const errands: TxSender = {
    address: codec.encode(errandAccount.address),
    async submit(messages) {
      const bytes = signer.sign(errandAccount, messages);
      try {
        offer(bytes);
      } catch (error) {
        signer.withdraw(errandAccount);
        throw error;
      }
      const result = resultOf(await nextExtraBlock(), bytes);
      results.set(result.hash, result);
      return result.hash;
    },
    confirm: async (hash) => results.get(hash)!,
    settle: async (hash) => results.get(hash)!,
    send: async (messages) => results.get(await errands.submit(messages))!,
  };

  function add(account: Account, messages: readonly EncodeObject[]): void {
    version++;
    txs.push({ account, bytes: signer.sign(account, messages) });
  }

  const untold = (): never => {
    throw new ClientError("not-found", `${name}: the transaction waits in the running block`);
  };
  const carrier: TxSender = {
    address: codec.encode(carrierAccount.address),
    async submit(messages) {
      add(carrierAccount, messages);
      return "";
    },
    confirm: async () => untold(),
    settle: async () => untold(),
    send: async () => untold(),
  };

  extraBlock();
  const client = await connectChain(inMemoryRpcClient(node), {
    pace: {
      async after(height) {
        while (node.height <= height) await nextExtraBlock();
        return node.height;
      },
    },
  });

  function execute<T>(act: () => T): T {
    open = true;
    try {
      return act();
    } finally {
      open = false;
      reader = undefined;
    }
  }

  return {
    name,
    node,
    client,
    address: (account) => codec.encode(account.address),
    errands,
    carrier,
    get height() {
      return node.height;
    },
    get lastNs() {
      return lastNs;
    },
    get runningNs() {
      return runningNs;
    },
    get endedBlocks() {
      return endedBlocks;
    },
    get version() {
      return version;
    },
    add,
    withdraw() {
      version++;
      signer.withdraw(txs.pop()!.account);
    },
    act(run) {
      version++;
      acts.push({ after: txs.length, run });
    },

    rehearse<T>(read: (moment: BlockMoment) => T): Rehearsal<T> {
      const { state } = node;
      const block = makeBlock({
        state,
        txs: txs.map(({ bytes }) => bytes),
        evidence: [],
        lastCommit: node.blocks.commit(node.height) ?? emptyCommit(),
        proposerAddress: state.validators.proposer.address,
        timeNs: runningNs,
      });
      let value: T | undefined;
      const response = execute(() => {
        reader = (moment) => {
          value = read(moment);
        };
        return node.app.rehearseBlock!(finalizeBlockRequest(state, block));
      });
      const after = applyBlock(state, block, blockId(block), { ...response, appHash: state.appHash });
      return { value: value!, txResults: response.txResults, nextValidators: after.nextValidators };
    },

    extraBlock,

    sendExtra(unsigned) {
      const signed = unsigned.map(({ account, messages }) => signer.sign(account, messages));
      for (const bytes of signed) offer(bytes);
      const block = extraBlock();
      for (const bytes of signed) resultOf(block, bytes);
      return block;
    },

    endBlock(nextNs) {
      produce(runningNs);
      for (const { bytes } of txs) offer(bytes);
      const block = execute(() => produce(0n));
      block.response.txResults.forEach(({ code, log }, i) => {
        if (code !== 0)
          throw new Mismatch("action", "accepted", `transaction ${i} of the block failed: ${log}`);
      });
      txs = [];
      acts = [];
      endedBlocks++;
      lastNs = runningNs;
      runningNs = nextNs;
      return { ...packetsOf(block), height: block.block.header.height };
    },

    beginAt(last, running) {
      version++;
      lastNs = last;
      runningNs = running;
    },

    async close() {
      client.disconnect();
      await node.stop();
    },
  };
}
