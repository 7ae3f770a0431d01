import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import { MsgChangeRewardDenoms, MsgOptIn, MsgRemoveConsumer, nsToDuration } from "@tandem-ics/proto";
import { refusalCode } from "../testing/refusal-code.ts";
import { accountOf, operatorOf } from "../testing/test-provider.ts";
import { TransactionAbort } from "../types/refusals.ts";
import { canonicalInfractionParams } from "./infraction-params.ts";
import { validateProviderMessage } from "./validate-message.ts";

const optIn = (fields: Partial<MsgOptIn>) =>
  validateProviderMessage(
    "cosmos",
    MsgOptIn.typeUrl,
    MsgOptIn.fromPartial({ consumerId: "0", providerAddr: operatorOf(1), signer: accountOf(1), ...fields }),
  );

test("a message is refused with the code that the chain would answer", () => {
  expect(refusalCode(() => optIn({}))).toBe("none");
  expect(refusalCode(() => optIn({ consumerId: "x" }))).toBe("provider/49");
  expect(refusalCode(() => optIn({ signer: accountOf(2) }))).toBe("provider/49");
  expect(
    refusalCode(() => validateProviderMessage("cosmos", MsgRemoveConsumer.typeUrl, { consumerId: "" })),
  ).toBe("CCV/19");
});

test("what Go panics on is no refusal", () => {
  const denoms = MsgChangeRewardDenoms.fromPartial({ denomsToAdd: ["1"] });
  expect(() => validateProviderMessage("cosmos", MsgChangeRewardDenoms.typeUrl, denoms)).toThrow(
    new TransactionAbort("invalid denom: 1"),
  );
});

test("other messages pass", () => {
  expect(() => validateProviderMessage("cosmos", "/cosmos.bank.v1beta1.MsgSend", {})).not.toThrow();
});

test.each([
  ["01", "1"],
  ["-0", "0"],
  ["", "0"],
])("the fraction %j is kept as %j", (given, kept) => {
  const half = { slashFraction: utf8(given), jailDuration: nsToDuration(1n), tombstone: false };
  const { doubleSign, downtime } = canonicalInfractionParams({ doubleSign: half, downtime: undefined });
  expect([fromUtf8(doubleSign!.slashFraction), downtime]).toEqual([kept, undefined]);
});
