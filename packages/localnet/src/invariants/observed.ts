/** A chain as invariants across chains see it: its blocks, the answers to its queries, nothing of its insides. */
import type { Application } from "@tandem-ics/runtime";
import type {
  Event,
  RequestFinalizeBlock,
  ResponseFinalizeBlock,
  ValidatorUpdate,
} from "cosmjs-types/tendermint/abci/types";
import type { ChainRole } from "../chain-role.ts";

/** A chain's names. */
export interface ChainIdentity {
  readonly name: string;
  readonly role: ChainRole;
  readonly chainId: string;
  /** On the provider; consumers only. */
  readonly consumerId: string | undefined;
}

/** A gRPC method and the codecs of its question and answer. */
export interface Method<Q, A> {
  readonly path: string;
  readonly question: { fromPartial(value: object): Q; encode(value: Q): { finish(): Uint8Array } };
  readonly answer: { decode(bytes: Uint8Array): A };
}

/** A chain that is watched. */
export interface ObservedChain extends ChainIdentity {
  /** Whether every block from genesis on was seen. */
  readonly complete: boolean;
  /** Validators that genesis began with; none on a chain that was resumed. */
  readonly firstValidators: readonly ValidatorUpdate[];
  /** Asks at the last committed height, or at `height`. Throws GrpcError. */
  ask<Q, A>(method: Method<Q, A>, question?: object, height?: bigint): A;
}

/** A committed block. */
export interface ObservedBlock {
  readonly chain: ObservedChain;
  readonly height: bigint;
  readonly timeNs: bigint;
  /** From the header: hash of the set that follows this block's, so the one that the block before made. */
  readonly nextValidatorsHash: Uint8Array;
  readonly response: ResponseFinalizeBlock;
}

/** All chains that are watched. */
export interface ObservedNetwork {
  readonly provider: ObservedChain | undefined;
  readonly chains: readonly ObservedChain[];
}

/** Tells of something broken: invariant, what was expected, what was found. */
export type Report = (invariant: string, expected: string, found: string) => void;

/** Looks at every block, in the order in which blocks are committed; remembers what it needs. */
export type Watcher = (block: ObservedBlock, report: Report) => void;

/** Events of a block in the order in which they happened: begin of block, transactions that did not fail, end. */
export function* eventsOf({ response }: Pick<ObservedBlock, "response">): Iterable<Event> {
  const atEnd = ({ attributes }: Event): boolean =>
    attributes.some(({ key, value }) => key === "mode" && value === "EndBlock");
  for (const event of response.events) if (!atEnd(event)) yield event;
  for (const { code, events } of response.txResults) if (code === 0) yield* events;
  for (const event of response.events) if (atEnd(event)) yield event;
}

/** Value of an attribute; empty when there is none. */
export const attributeOf = ({ attributes }: Event, name: string): string =>
  attributes.find(({ key }) => key === name)?.value ?? "";

/** Time of a request in nanoseconds since 1970. */
export const timeOf = ({ time: { seconds, nanos } }: Pick<RequestFinalizeBlock, "time">): bigint =>
  seconds * 1_000_000_000n + BigInt(nanos);

/** Asks an application. */
export function askApp<Q, A>(
  app: Pick<Application, "grpcQuery">,
  { path, question: codec, answer }: Method<Q, A>,
  question: object = {},
  height = 0n,
): A {
  const data = codec.encode(codec.fromPartial(question)).finish();
  return answer.decode(app.grpcQuery({ path, data, height }).value);
}
