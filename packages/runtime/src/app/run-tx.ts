/** One transaction through ante chain and messages (SDK `baseapp/baseapp.go`). */
import "@tandem-ics/proto/wire";
import { EMPTY } from "@tandem-ics/crypto";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Event as AbciEvent } from "cosmjs-types/tendermint/abci/types";
import type { AddressCodecs } from "../address.ts";
import type { AnteHandler } from "../ante/dependencies.ts";
import type { Context } from "../context.ts";
import { createEvent, createEventManager, type Event, toAbciEvents, withAttribute } from "../events.ts";
import { createGasMeter, type GasMeter, OutOfGasError } from "../gas.ts";
import type { ConsensusParamsKeeper, MessageRoute } from "../module.ts";
import { sdkErrors } from "../sdk-errors.ts";
import type { DecodedMessage, DecodedTx } from "../tx/decode.ts";
import { codedFailure, type Failure, txFailure } from "./failure.ts";

/** Gas limit that an unlimited meter reports. */
const UNLIMITED_GAS = (1n << 64n) - 1n;

/** What running a transaction gave. */
export interface TxOutcome {
  /** Absent on success. */
  readonly failure: Failure | undefined;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  /** `TxMsgData`; empty on failure. */
  readonly data: Uint8Array;
  /** Of a failed transaction those of the ante chain, which stay. */
  readonly events: readonly AbciEvent[];
  readonly responses: readonly Any[];
}

/** Gas of a block: the sum over its transactions, each up to its own limit. */
export interface BlockGas {
  readonly limit: bigint | undefined;
  consumed: bigint;
}

/** Runs transactions of one application. */
export interface TxRunner {
  /**
   * Runs `tx` on the state of `block`. Its mode decides: `check` and `recheck` stop after the ante chain, `simulate`
   * uses unlimited gas and signatures may be missing. Broken invariants are thrown.
   */
  run(block: Context, tx: DecodedTx, blockGas?: BlockGas): TxOutcome;
  /** Gas that the SDK has used before it looks at a transaction. */
  initialGas(block: Context): bigint;
}

/** Events of one step of a block, each marked with the step. */
export const withMode = (events: readonly Event[], mode: "BeginBlock" | "EndBlock"): AbciEvent[] =>
  toAbciEvents(events.map((event) => withAttribute(event, "mode", mode)));

/** Makes a runner. */
export function createTxRunner({
  ante,
  addresses,
  consensusParams,
}: {
  readonly ante: AnteHandler;
  readonly addresses: AddressCodecs;
  readonly consensusParams: Pick<ConsensusParamsKeeper, "get">;
}): TxRunner {
  /** What the SDK has used before it looks at a transaction: it reads the consensus parameters for every one. */
  function initialGas(block: Context): GasMeter {
    const gas = createGasMeter();
    consensusParams.get(block.with({ gas }));
    return gas;
  }

  return {
    initialGas: (block) => initialGas(block).consumed,
    run(block, tx, blockGas) {
      if (blockGas?.limit !== undefined && blockGas.consumed >= blockGas.limit)
        return { ...NOTHING, failure: codedFailure(sdkErrors.outOfGas("no block gas left to run tx")) };
      const unlimited = block.mode === "simulate" || block.height === 0n;
      let gas = createGasMeter(unlimited ? undefined : tx.fee.gasLimit);
      const payBlock = blockGas === undefined ? () => {} : once(() => consumeBlockGas(blockGas, gas));
      // What a failure reports: it grows as the transaction gets on.
      let gasWanted = 0n;
      let anteEvents: AbciEvent[] = [];
      const failed = (error: unknown): TxOutcome => {
        const [cause, context] =
          error instanceof MessageFailure
            ? [error.cause, `failed to execute message; message index: ${error.index}: `]
            : [error, ""];
        const failure = txFailure(cause, { wanted: gasWanted, used: gas.consumed }, context);
        return { ...outcome(gasWanted, gas, anteEvents, []), failure };
      };
      try {
        try {
          validateMessages(tx);
        } catch (error) {
          gas = initialGas(block);
          throw error;
        }
        gasWanted = gas.limit ?? UNLIMITED_GAS;
        const ctx = block.with({ gas, txBytes: tx.bytes });
        const told = runAnte(ante, ctx, tx);
        if (block.mode === "check" || block.mode === "recheck") return outcome(gasWanted, gas, [], []);
        anteEvents = toAbciEvents(told);
        const { events, responses } = runMessages(ctx, tx, addresses, payBlock);
        return outcome(gasWanted, gas, [...anteEvents, ...toAbciEvents(events)], responses);
      } catch (error) {
        const outcome = failed(error);
        try {
          payBlock();
        } catch (overLimit) {
          // Counted after the failure, and what is told of then is the block's limit.
          return failed(overLimit);
        }
        return outcome;
      }
    },
  };
}

/** The ante chain on a branch of its own, which is kept if it passes; gives its events. */
function runAnte(ante: AnteHandler, ctx: Context, tx: DecodedTx): readonly Event[] {
  const manager = createEventManager();
  const { ctx: anteCtx, commit } = ctx.with({ events: manager }).branch();
  ante(anteCtx, tx);
  commit();
  return manager.events;
}

/** Messages in order; all or none of them take effect. `afterwards` runs before they do and may still refuse. */
function runMessages(
  ctx: Context,
  tx: DecodedTx,
  addresses: AddressCodecs,
  afterwards: () => void,
): { events: Event[]; responses: Any[] } {
  const { ctx: msgCtx, commit } = ctx.branch();
  const events: Event[] = [];
  const responses: Any[] = [];
  tx.messages.forEach((message, i) => {
    const manager = createEventManager();
    const route = message.route as MessageRoute;
    try {
      const value = route.run(msgCtx.with({ events: manager }), message.value);
      responses.push({ typeUrl: route.responseTypeUrl, value });
    } catch (error) {
      throw new MessageFailure(i, error);
    }
    const index = i.toString();
    events.push(withAttribute(messageEvent(message, manager.events, addresses), "msg_index", index));
    for (const event of manager.events) events.push(withAttribute(event, "msg_index", index));
  });
  afterwards();
  commit();
  return { events, responses };
}

/** Of a transaction that nothing was done for. */
const NOTHING: TxOutcome = {
  failure: undefined,
  gasWanted: 0n,
  gasUsed: 0n,
  data: EMPTY,
  events: [],
  responses: [],
};

const outcome = (
  gasWanted: bigint,
  gas: GasMeter,
  events: readonly AbciEvent[],
  responses: readonly Any[],
): TxOutcome => ({
  failure: undefined,
  gasWanted,
  gasUsed: gas.consumed,
  data:
    responses.length === 0 ? EMPTY : TxMsgData.encode({ data: [], msgResponses: [...responses] }).finish(),
  events,
  responses,
});

function consumeBlockGas(blockGas: BlockGas, { limit, consumed }: GasMeter): void {
  blockGas.consumed += limit !== undefined && consumed > limit ? limit : consumed;
  if (blockGas.limit !== undefined && blockGas.consumed > blockGas.limit)
    throw new OutOfGasError("block gas meter");
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}

/** Carries the index of the failed message. */
class MessageFailure extends Error {
  readonly index: number;

  constructor(index: number, cause: unknown) {
    super("message failed", { cause });
    this.index = index;
  }
}

/** The Go type of a message that old modules left behind: their packages are all called `types`. */
const goTypeOf = (typeUrl: string): string => `*types.${typeUrl.slice(typeUrl.lastIndexOf(".") + 1)}`;

/** Form of the messages: before the ante chain, so that nobody pays for what can never run. */
function validateMessages({ messages }: DecodedTx): void {
  if (messages.length === 0) throw sdkErrors.invalidRequest("must contain at least one message");
  for (const { route, value } of messages) route?.validate(value);
  for (const { route, typeUrl } of messages)
    if (route === undefined)
      throw sdkErrors.unknownRequest(`no message handler found for ${goTypeOf(typeUrl)}`);
}

/** Tells that a message ran; with the module's name unless the handler told it. */
function messageEvent(message: DecodedMessage, events: readonly Event[], addresses: AddressCodecs): Event {
  const attributes: [string, string][] = [["action", message.typeUrl]];
  const sender = message.signers[0];
  if (sender !== undefined) attributes.push(["sender", addresses.account.encode(sender)]);
  const module = message.typeUrl.split(".")[1];
  const named = events.some((event) => event.attributes.some(({ key }) => key === "module"));
  if (!named && module !== undefined) attributes.push(["module", module]);
  return createEvent("message", attributes);
}
