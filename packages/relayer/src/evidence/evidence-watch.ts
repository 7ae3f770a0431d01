/**
 * Looks for misbehaviour of a consumer's validators where it shows: in headers that somebody offers to the provider's
 * client, in what another node of the consumer takes for the chain, and in evidence that consumer blocks hold (ICS-28).
 */
import { type ChainClient, ClientError, callRpc } from "@tandem-ics/client";
import { blockFromRpcJson, headerHash, type JsonReader, type JsonValue, readJson } from "@tandem-ics/comet";
import { equalBytes, toHexUpper } from "@tandem-ics/crypto";
import { TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { MsgUpdateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import { Header as ClientHeader, Misbehaviour } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { LightBlock } from "cosmjs-types/tendermint/types/types";

const UPDATE_CLIENT = "/ibc.core.client.v1.MsgUpdateClient";
const HEADER = "/ibc.lightclients.tendermint.v1.Header";
const MISBEHAVIOUR = "/ibc.lightclients.tendermint.v1.Misbehaviour";
/** Headers of heights that the consumer has not reached: more than a client is shown by anybody who means well. */
const MAX_AHEAD = 1000;

/** Where it was found. */
export type EvidenceSource =
  /** A header in a client update on the provider, whether the client took it or not. */
  | "client update"
  /** Misbehaviour that somebody showed to the provider's client, which freezes it and punishes nobody. */
  | "client misbehaviour"
  /** Another node of the consumer that has another block. */
  | "witness"
  /** Evidence in a block of the consumer. */
  | "consumer block";

/** Something that contradicts the consumer's own chain. Whether the provider would accept it is still to be judged. */
export type FoundEvidence = {
  readonly source: EvidenceSource;
  /** Of the consumer. */
  readonly height: bigint;
  /** Hash of the conflicting block, upper-case hex; of vote A for a double sign. */
  readonly hash: string;
} & (
  | { readonly kind: "light-client-attack"; readonly conflicting: LightBlock }
  | { readonly kind: "double-sign"; readonly evidence: DuplicateVoteEvidence }
);

/** What one look brought. */
export interface EvidenceScan {
  readonly found: readonly FoundEvidence[];
  /** Headers that could not be compared, because the consumer's node keeps that height no more. */
  readonly uncompared: number;
}

/** Options of {@link createEvidenceWatch}. */
export interface EvidenceWatchOptions {
  readonly provider: ChainClient;
  /** The node whose blocks are taken for the chain. */
  readonly consumer: ChainClient;
  /** The provider's client of the consumer. */
  readonly clientId: string;
  /** Further nodes of the consumer; their first block that differs is evidence. */
  readonly witnesses?: readonly ChainClient[];
  /** First heights to be read; by default what comes after now. */
  readonly from?: { readonly provider: bigint; readonly consumer: bigint };
}

/** Follows both chains. */
export interface EvidenceWatch {
  /** Reads what is new on all nodes since the last time. */
  scan(): Promise<EvidenceScan>;
}

/** A header that was shown, and where. */
interface Offered {
  readonly source: EvidenceSource;
  readonly header: ClientHeader;
}

const heightOf = ({ header }: Offered): bigint => header.signedHeader?.header?.height ?? 0n;

/** A header with commit and validators; others prove nothing. */
function lightBlockOf({ signedHeader, validatorSet }: ClientHeader): LightBlock | undefined {
  return signedHeader?.header === undefined || signedHeader.commit === undefined || validatorSet === undefined
    ? undefined
    : { signedHeader, validatorSet };
}

/** Bytes that anybody may send: what does not decode is no header. */
function decoded<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

/** Headers in the client updates of a transaction for one client. */
function offeredIn(tx: Uint8Array, clientId: string): Offered[] {
  const body = decoded(() => TxBody.decode(TxRaw.decode(tx).bodyBytes));
  return (body?.messages ?? [])
    .filter(({ typeUrl }) => typeUrl === UPDATE_CLIENT)
    .flatMap(({ value }) => decoded(() => MsgUpdateClient.decode(value)) ?? [])
    .filter((update) => update.clientId === clientId)
    .flatMap(({ clientMessage }): Offered[] => {
      const { typeUrl, value } = clientMessage ?? { typeUrl: "", value: new Uint8Array() };
      if (typeUrl === HEADER) {
        const header = decoded(() => ClientHeader.decode(value));
        return header === undefined ? [] : [{ source: "client update", header }];
      }
      if (typeUrl !== MISBEHAVIOUR) return [];
      const shown = decoded(() => Misbehaviour.decode(value));
      return [shown?.header1, shown?.header2].flatMap((header) =>
        header === undefined ? [] : [{ source: "client misbehaviour", header }],
      );
    });
}

async function blockOf(chain: ChainClient, height: bigint) {
  const answer = (await callRpc(chain.rpc, "block", { height: height.toString() })) as JsonValue;
  const json: JsonReader = readJson(answer).object("block");
  return blockFromRpcJson(json);
}

/** Whether a node cannot be reached, rather than that it does not have what was asked for. */
const isUnreachable = (error: unknown): boolean =>
  error instanceof ClientError && error.code === "unreachable";

/** The first height to be read, and those a node still has. */
interface Cursor {
  readonly chain: ChainClient;
  next: bigint;
}

/** Heights from the cursor on that the node has now. */
async function heightsOf(cursor: Cursor): Promise<bigint[]> {
  const { height, earliestHeight } = await cursor.chain.status();
  if (cursor.next < earliestHeight) cursor.next = earliestHeight;
  const heights: bigint[] = [];
  for (let at = cursor.next; at <= height; at++) heights.push(at);
  return heights;
}

/** Begins to follow. */
export async function createEvidenceWatch(options: EvidenceWatchOptions): Promise<EvidenceWatch> {
  const { clientId, from } = options;
  const begin = async (chain: ChainClient, first: bigint | undefined): Promise<Cursor> => ({
    chain,
    next: first ?? (await chain.status()).height + 1n,
  });
  const [provider, consumer, ...witnesses] = (await Promise.all([
    begin(options.provider, from?.provider),
    begin(options.consumer, from?.consumer),
    ...(options.witnesses ?? []).map((witness) => begin(witness, from?.consumer)),
  ])) as [Cursor, Cursor, ...Cursor[]];
  const diverged = new Set<Cursor>();
  const told = new Set<string>();
  let ahead: Offered[] = [];

  /** Evidence once, however often it is met. */
  function once(found: FoundEvidence): FoundEvidence[] {
    const key = `${found.kind} ${found.height} ${found.hash}`;
    if (told.has(key)) return [];
    told.add(key);
    return [found];
  }

  /** A header that is not the consumer's own; `"uncompared"` when its node cannot tell. */
  async function compare({ source, header }: Offered): Promise<FoundEvidence[] | "uncompared"> {
    const conflicting = lightBlockOf(header);
    const block = conflicting?.signedHeader?.header;
    if (conflicting === undefined || block === undefined || block.chainId !== consumer.chain.chainId)
      return [];
    const own = await consumer.chain.signedHeader(block.height).catch((error: unknown) => {
      if (isUnreachable(error)) throw error;
      return undefined;
    });
    if (own?.header === undefined) return "uncompared";
    const hash = headerHash(block);
    if (equalBytes(hash, headerHash(own.header))) return [];
    return once({
      kind: "light-client-attack",
      source,
      height: block.height,
      hash: toHexUpper(hash),
      conflicting,
    });
  }

  async function scanProvider(): Promise<Offered[]> {
    const offered: Offered[] = [];
    for (const height of await heightsOf(provider)) {
      const { data } = await blockOf(provider.chain, height);
      offered.push(...data.txs.flatMap((tx) => offeredIn(tx, clientId)));
      provider.next = height + 1n;
    }
    return offered;
  }

  async function scanConsumer(): Promise<{ found: FoundEvidence[]; offered: Offered[] }> {
    const found: FoundEvidence[] = [];
    const offered: Offered[] = [];
    for (const height of await heightsOf(consumer)) {
      const { evidence } = await blockOf(consumer.chain, height);
      for (const { duplicateVoteEvidence, lightClientAttackEvidence } of evidence.evidence) {
        const vote = duplicateVoteEvidence?.voteA;
        if (duplicateVoteEvidence !== undefined && vote !== undefined)
          found.push(
            ...once({
              kind: "double-sign",
              source: "consumer block",
              height: vote.height,
              hash: `${toHexUpper(vote.blockId.hash)}/${toHexUpper(vote.validatorAddress)}`,
              evidence: duplicateVoteEvidence,
            }),
          );
        const conflicting = lightClientAttackEvidence?.conflictingBlock;
        if (conflicting !== undefined)
          offered.push({ source: "consumer block", header: ClientHeader.fromPartial(conflicting) });
      }
      consumer.next = height + 1n;
    }
    return { found, offered };
  }

  /** Blocks of a witness up to the first that differs: all after it do as well. */
  async function scanWitness(witness: Cursor): Promise<Offered[]> {
    if (diverged.has(witness)) return [];
    for (const height of await heightsOf(witness)) {
      if (height >= consumer.next) return [];
      const [theirs, own] = await Promise.all([
        witness.chain.signedHeader(height),
        consumer.chain.signedHeader(height),
      ]);
      if (!equalBytes(headerHash(theirs.header!), headerHash(own.header!))) {
        diverged.add(witness);
        const trusted = witness.chain.heightOf(height > 1n ? height - 1n : height);
        return [{ source: "witness", header: await witness.chain.clientHeader(height, trusted) }];
      }
      witness.next = height + 1n;
    }
    return [];
  }

  return {
    async scan() {
      const shown = await scanProvider();
      const { found, offered } = await scanConsumer();
      const seen = (await Promise.all(witnesses.map(scanWitness))).flat();
      const all = [...ahead, ...shown, ...offered, ...seen];
      // The chain may come to that height yet.
      ahead = all.filter((o) => heightOf(o) >= consumer.next).slice(0, MAX_AHEAD);
      let uncompared = 0;
      for (const one of all.filter((o) => heightOf(o) < consumer.next)) {
        const compared = await compare(one);
        if (compared === "uncompared") uncompared++;
        else found.push(...compared);
      }
      return { found, uncompared };
    },
  };
}
