/** Messages that a consumer does not take (interchain-security `app/consumer/ante`). */
import { type AnteDecorator, plainError } from "@tandem-ics/runtime";
import { MsgExec } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import * as state from "./state.ts";

const EXEC_TYPE_URL = "/cosmos.authz.v1beta1.MsgExec";
/** Evidence and unjailing are the provider's business. */
const DISABLED: readonly string[] = ["/cosmos.evidence", "/cosmos.slashing"];
/** Deeper nesting is refused: nobody needs it. */
const MAX_NESTING = 16;

interface PackedMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** Before the first VSC packet, only IBC messages: until then nobody is secured by the provider's stake. */
export const createMessageFilter = (): AnteDecorator => ({
  name: "CcvMessageFilter",
  run(ctx, { messages }) {
    // read, not only looked up: that is what it costs in gas
    if (state.providerChannel.get(ctx) !== undefined) return;
    if (!messages.every(({ typeUrl }) => typeUrl.startsWith("/ibc.")))
      throw plainError(`tx contains unsupported message types at height ${ctx.height}`);
  },
});

function isDisabled({ typeUrl, value }: PackedMessage, depth: number): boolean {
  if (DISABLED.some((prefix) => typeUrl.startsWith(prefix))) return true;
  if (typeUrl !== EXEC_TYPE_URL) return false;
  if (depth >= MAX_NESTING) return true;
  let inner: readonly PackedMessage[];
  try {
    inner = MsgExec.decode(value).msgs;
  } catch {
    return true; // whatever it is, it is no message that could run
  }
  return inner.some((message) => isDisabled(message, depth + 1));
}

/** Messages of modules that a consumer does not serve, also inside others that run them. */
export const createDisabledModules = (): AnteDecorator => ({
  name: "CcvDisabledModules",
  run(ctx, { messages }) {
    if (messages.some((message) => isDisabled(message, 0)))
      throw plainError(`tx contains message types from unsupported modules at height ${ctx.height}`);
  },
});
