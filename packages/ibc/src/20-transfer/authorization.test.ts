import { CodedError, createTestContext } from "@tandem-ics/runtime";
import { type Allocation, TransferAuthorization } from "cosmjs-types/ibc/applications/transfer/v1/authz";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { transferAuthorization } from "./authorization.ts";

const allocation = (changes: Partial<Allocation> = {}): Allocation => ({
  sourcePort: "transfer",
  sourceChannel: "channel-0",
  spendLimit: [{ denom: "stake", amount: "10" }],
  allowList: [],
  allowedPacketData: [],
  ...changes,
});
const permit = (...allocations: Allocation[]) =>
  transferAuthorization.read(TransferAuthorization.encode({ allocations }).finish());
const transfer = (amount: string, changes: Partial<MsgTransfer> = {}) => ({
  typeUrl: MsgTransfer.typeUrl,
  value: new Uint8Array(),
  message: MsgTransfer.fromPartial({
    sourcePort: "transfer",
    sourceChannel: "channel-0",
    token: { denom: "stake", amount },
    receiver: "bob",
    ...changes,
  }),
  route: undefined,
  signers: [],
});
const ctx = createTestContext({ stores: {} });

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof CodedError) return `${error.codespace}/${error.code}`;
    throw error;
  }
  return "passed";
}

test.each<[string, Allocation[], string]>([
  ["one channel", [allocation()], "passed"],
  ["no channel", [], "transfer/10"],
  ["a channel twice", [allocation(), allocation()], "channel/4"],
  ["no limit", [allocation({ spendLimit: [] })], "ibc/6"],
  ["a limit of zero", [allocation({ spendLimit: [{ denom: "stake", amount: "0" }] })], "ibc/6"],
  ["a port that is none", [allocation({ sourcePort: "/" })], "host/2"],
  ["a receiver twice", [allocation({ allowList: ["a", "a"] })], "transfer/10"],
])("a permission for %s", (_, allocations, expected) => {
  expect(refusal(() => permit(...allocations).validate())).toBe(expected);
});

test("limits are used up channel by channel, and the permission with the last of them", () => {
  const both = permit(allocation(), allocation({ sourceChannel: "channel-1" }));
  const some = both.accept(ctx, transfer("4"));
  const left = some.after === "replace" ? TransferAuthorization.decode(some.left.value).allocations : [];
  expect(left.map(({ spendLimit }) => spendLimit[0]!.amount)).toEqual(["6", "10"]);
  const all = both.accept(ctx, transfer("10"));
  expect(
    all.after === "replace" &&
      TransferAuthorization.decode(all.left.value).allocations.map(({ sourceChannel }) => sourceChannel),
  ).toEqual(["channel-1"]);
  expect(permit(allocation()).accept(ctx, transfer("10"))).toEqual({ after: "remove" });
  expect(refusal(() => both.accept(ctx, transfer("11")))).toBe("ibc/3");
  expect(refusal(() => both.accept(ctx, transfer("1", { sourceChannel: "channel-9" })))).toBe("ibc/16");
});

test("receivers and memos are those listed, and the largest amount is no limit", () => {
  const listed = permit(allocation({ allowList: ["carol"], allowedPacketData: ["hello"] }));
  expect(refusal(() => listed.accept(ctx, transfer("1")))).toBe("ibc/5");
  const toCarol = { receiver: "carol" };
  expect(refusal(() => listed.accept(ctx, transfer("1", { ...toCarol, memo: "bye" })))).toBe("transfer/10");
  expect(refusal(() => listed.accept(ctx, transfer("1", { ...toCarol, memo: " hello " })))).toBe("passed");
  expect(refusal(() => permit(allocation()).accept(ctx, transfer("1", { memo: "x" })))).toBe("transfer/10");
  const largest = ((1n << 256n) - 1n).toString();
  const free = permit(
    allocation({ spendLimit: [{ denom: "stake", amount: largest }], allowedPacketData: ["*"] }),
  );
  expect(free.accept(ctx, transfer("99", { memo: "anything" }))).toEqual({ after: "keep" });
});
