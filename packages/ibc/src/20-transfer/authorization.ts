/** Authorizations to send tokens to other chains (ibc-go `transfer/types/transfer_authorization.go`). */
import { authorizationKind } from "@tandem-ics/modules";
import {
  amountOf,
  areValidCoins,
  type Coin,
  type Context,
  coinsToProto,
  formatCoins,
  intFromWire,
  KV_GAS,
  subCoins,
} from "@tandem-ics/runtime";
import { type Allocation, TransferAuthorization } from "cosmjs-types/ibc/applications/transfer/v1/authz";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { channelErrors } from "../04-channel/errors.ts";
import { assertIdentifier } from "../24-host/validate.ts";
import { ibcErrors } from "../errors.ts";
import { transferErrors } from "./errors.ts";

/** The amount that stands for all that the granter has. */
const UNBOUNDED = (1n << 256n) - 1n;
/** The one entry of a memo list that permits every memo. */
const ALL_MEMOS = "*";

const limitOf = ({ spendLimit }: Allocation): Coin[] =>
  spendLimit.map(({ denom, amount }) => ({ denom, amount: intFromWire(amount) }));

/** Looks entries up one by one; gas for each. */
const includes = (ctx: Context, list: readonly string[], matches: (entry: string) => boolean): boolean =>
  list.some((entry) => {
    ctx.gas.consume(KV_GAS.iterNextFlat, "transfer authorization");
    return matches(entry);
  });

function checkMemo(ctx: Context, memo: string, allowed: readonly string[]): void {
  const given = memo.trim();
  if (allowed.length === 0) {
    if (given !== "")
      throw transferErrors.invalidAuthorization(
        "memo must be empty because allowed packet data in allocation is empty",
      );
    return;
  }
  if (allowed.length === 1 && allowed[0] === ALL_MEMOS) return;
  if (!includes(ctx, allowed, (entry) => entry.trim() === given))
    throw transferErrors.invalidAuthorization(`not allowed memo: ${memo}`);
}

function validateAllocation(allocation: Allocation): void {
  const { sourcePort, sourceChannel, allowList } = allocation;
  const limit = limitOf(allocation);
  if (limit.length === 0) throw ibcErrors.invalidCoins("spend limit cannot be nil");
  if (!areValidCoins(limit)) throw ibcErrors.invalidCoins(`invalid spend limit: ${formatCoins(limit)}`);
  assertIdentifier("port", sourcePort, "invalid source port ID");
  assertIdentifier("channel", sourceChannel, "invalid source channel ID");
  const seen = new Set<string>();
  for (const address of allowList) {
    if (seen.has(address))
      throw transferErrors.invalidAuthorization(`duplicate entry in allow list ${address}`);
    seen.add(address);
  }
}

/** What is left of an allocation after a transfer; the same object when it has no limit for this token. */
function spend(allocation: Allocation, { denom, amount }: { denom: string; amount: string }): Allocation {
  const limit = limitOf(allocation);
  if (amountOf(limit, denom) === UNBOUNDED) return allocation;
  const left = subCoins(limit, [{ denom, amount: intFromWire(amount) }]);
  if (left === undefined)
    throw ibcErrors.insufficientFunds(`requested amount of token ${denom} is more than spend limit`);
  return { ...allocation, spendLimit: coinsToProto(left) };
}

/** Permits transfers through some channels: up to limits, to some receivers, with some memos. */
export const transferAuthorization = authorizationKind(TransferAuthorization, ({ allocations }, pack) => ({
  msgTypeUrl: MsgTransfer.typeUrl,
  validate() {
    if (allocations.length === 0) throw transferErrors.invalidAuthorization("allocations cannot be empty");
    const channels = new Set<string>();
    for (const allocation of allocations) {
      const { sourceChannel } = allocation;
      if (channels.has(sourceChannel))
        throw channelErrors.invalidChannel(`duplicate source channel ID: ${sourceChannel}`);
      channels.add(sourceChannel);
      validateAllocation(allocation);
    }
  },
  accept(ctx, { typeUrl, message }) {
    if (typeUrl !== MsgTransfer.typeUrl) throw ibcErrors.invalidType("type mismatch");
    const { sourcePort, sourceChannel, receiver, memo, token } = message as MsgTransfer;
    const index = allocations.findIndex(
      (entry) => entry.sourceChannel === sourceChannel && entry.sourcePort === sourcePort,
    );
    const allocation = allocations[index];
    if (allocation === undefined)
      throw ibcErrors.notFound("requested port and channel allocation does not exist");
    const { allowList, allowedPacketData } = allocation;
    if (allowList.length > 0 && !includes(ctx, allowList, (entry) => entry === receiver))
      throw ibcErrors.invalidAddress("not allowed receiver address for transfer");
    checkMemo(ctx, memo, allowedPacketData);
    const left = spend(allocation, token);
    if (left === allocation) return { after: "keep" };
    const rest = left.spendLimit.length === 0 ? [] : [left];
    const changed = [...allocations.slice(0, index), ...rest, ...allocations.slice(index + 1)];
    return changed.length === 0
      ? { after: "remove" }
      : { after: "replace", left: pack({ allocations: changed }) };
  },
}));
