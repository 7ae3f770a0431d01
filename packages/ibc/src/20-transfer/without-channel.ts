/**
 * Transfers over a channel that there is not: ibc-go v10 takes its name for that of a client of IBC v2
 * (`transfer/keeper/msg_server.go`, `04-channel/v2/keeper`), and refuses where the client has no counterparty.
 */
import { utf8 } from "@tandem-ics/crypto";
import { type Context, defineErrors } from "@tandem-ics/runtime";
import { clientStore } from "../02-client/state.ts";
import { ibcErrors } from "../errors.ts";

const clientV2Errors = defineErrors("clientv2", { counterpartyNotFound: [35, "counterparty not found"] });
const channelV2Errors = defineErrors("channelv2", { invalidTimeout: [8, "invalid packet timeout"] });

/** How the data of a packet may be written there; none means the first. */
const ENCODINGS = ["application/json", "application/x-protobuf", "application/x-solidity-abi"];

/** Key of a client's counterparty in its store. */
const COUNTERPARTY = utf8("counterparty");

/** Throws `ibc/12`, `channelv2/8` or `clientv2/35`. */
export function refuseWithoutChannel(
  ctx: Context,
  transfer: { readonly sourceChannel: string; readonly timeoutTimestamp: bigint; readonly encoding?: string },
): never {
  const { sourceChannel, timeoutTimestamp, encoding = "" } = transfer;
  if (encoding !== "" && !ENCODINGS.includes(encoding))
    throw ibcErrors.invalidType(
      `invalid encoding provided, must be either empty or one of ["${ENCODINGS[0]}", "${ENCODINGS[1]}"], got ${encoding}`,
    );
  if (timeoutTimestamp === 0n) throw channelV2Errors.invalidTimeout("timeout must not be 0");
  // state-breaking: the counterparty is looked for, which costs gas; none can be registered
  clientStore(ctx, sourceChannel).get(COUNTERPARTY);
  throw clientV2Errors.counterpartyNotFound(
    `send packet failed for source id: ${sourceChannel}: counterparty not found for client: ${sourceChannel}`,
  );
}
