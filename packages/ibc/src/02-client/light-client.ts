/** What a kind of light client must do (ICS-02; ibc-go `exported/client.go`, `LightClientModule`). */
import type { Context } from "@tandem-ics/runtime";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Height } from "../24-host/index.ts";

/** Whether a client may be used. `Unauthorized`: its type is not allowed or not known. */
export type ClientStatus = "Active" | "Frozen" | "Expired" | "Unknown" | "Unauthorized";

/** A claim about the counterparty's state, with its proof. */
export interface StateProof {
  /** Height of the consensus state whose root the proof leads to. */
  readonly height: Height;
  /** Nanoseconds that must have passed since that consensus state was stored; 0 for none. */
  readonly delayTimeNs: bigint;
  /** Own blocks that must have passed since then; 0 for none. */
  readonly delayBlocks: bigint;
  /** Encoding is the light client's own; `MerkleProof` for 07-tendermint. */
  readonly proof: Uint8Array;
  /** Keys from the root down: store name, then path. */
  readonly path: readonly Uint8Array[];
}

/** Proofs of an upgrade, and what they prove. Bytes are bare, without `Any`. */
export interface UpgradeClaim {
  readonly clientState: Uint8Array;
  readonly consensusState: Uint8Array;
  readonly clientProof: Uint8Array;
  readonly consensusStateProof: Uint8Array;
}

/**
 * One kind of light client. Every method refuses by CodedError. `Message` is its decoded client message: a header or
 * misbehaviour.
 */
export interface LightClientModule<Message = unknown> {
  /** First part of the ids of its clients, such as `07-tendermint`. */
  readonly clientType: string;
  /** Type URLs of its states; `undefined` when it stores none. */
  readonly clientStateTypeUrl: string | undefined;
  readonly consensusStateTypeUrl: string | undefined;
  readonly messageTypeUrls: readonly string[];
  /** Checks of a bare client state that need no other state. */
  validateClientState(bytes: Uint8Array): void;
  /** Checks of a bare consensus state that need no other state. */
  validateConsensusState(bytes: Uint8Array): void;
  /** Decodes one of {@link messageTypeUrls}. Throws `sdk/2` for malformed bytes. */
  decodeMessage(message: Any): Message;
  /** Checks of a message that need no state. */
  validateMessage(message: Message): void;

  /** Stores the first states of a new client. Bytes are bare, without `Any`. */
  initialize(ctx: Context, clientId: string, clientState: Uint8Array, consensusState: Uint8Array): void;
  /** Refuses a message whose signatures do not convince, or that starts from a state that is not trusted. */
  verifyMessage(ctx: Context, clientId: string, message: Message): void;
  /** Whether a verified message proves that the counterparty misbehaved. */
  checkForMisbehaviour(ctx: Context, clientId: string, message: Message): boolean;
  /** Freezes the client. */
  updateStateOnMisbehaviour(ctx: Context, clientId: string, message: Message): void;
  /** Stores what a verified message tells; returns the heights of consensus states, none for harmless evidence. */
  updateState(ctx: Context, clientId: string, message: Message): readonly Height[];
  verifyMembership(ctx: Context, clientId: string, claim: StateProof, value: Uint8Array): void;
  verifyNonMembership(ctx: Context, clientId: string, claim: StateProof): void;
  status(ctx: Context, clientId: string): ClientStatus;
  /** 0-0 when there is no such client. */
  latestHeight(ctx: Context, clientId: string): Height;
  /** Nanoseconds since 1970 of the counterparty's block at `height`. */
  timestampAt(ctx: Context, clientId: string, height: Height): bigint;
  /** Takes over the state of `substituteId`; governance has decided that both follow the same chain. */
  recover(ctx: Context, clientId: string, substituteId: string): void;
  /** Moves to the state that the counterparty committed to before it stopped. */
  upgrade(ctx: Context, clientId: string, claim: UpgradeClaim): void;
}
