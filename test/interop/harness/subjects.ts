/** A provider and a consumer as the mixed scenario sees them, whatever they are made of. */
import type { ChainClient, TxSender } from "@tandem-ics/client";
import type { KeyPair } from "@tandem-ics/comet";
import type { Scratch } from "./scratch.ts";

/** A running chain. */
export interface Subject {
  readonly chainId: string;
  /** JSON-RPC; the same after a restart. */
  readonly rpcUrl: string;
  /** gRPC; the same after a restart. */
  readonly grpcUrl: string;
  /** Prefix of its accounts. */
  readonly prefix: string;
  client(): Promise<ChainClient>;
  /** Sends for the account that belongs to a name; the same object each time. */
  sender(name: string): Promise<TxSender>;
}

/** A chain with stake. */
export interface ProviderSubject extends Subject {
  /** Consensus key of a genesis validator. */
  keyOf(validator: string): KeyPair;
  /** Has a genesis validator make blocks that did not so far; waits until it knows the chain. */
  bringUp(validator: string): Promise<void>;
}

/** A chain whose keys are made before it starts. */
export interface ConsumerSubject extends Subject {
  /** A consensus key that nobody uses yet, by a name; nodes for it exist from the start. */
  keyOf(name: string): KeyPair;
  /** Starts it from what the provider answered to `consumer-genesis`, unchanged. */
  launch(ccv: string): Promise<void>;
  /** Nobody signs with this key any more, from the next blocks on. */
  takeAway(key: string): Promise<void>;
  giveBack(key: string): Promise<void>;
}

/** The pair that a suite is about. */
export interface Pair {
  readonly scratch: Scratch;
  readonly provider: ProviderSubject;
  readonly consumer: ConsumerSubject;
}
