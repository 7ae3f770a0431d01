import type { DecodedTx } from "@tandem-ics/runtime";
import { MsgExec } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import { refusalCode } from "../testing/refusal-code.ts";
import { createTestConsumer } from "../testing/test-consumer.ts";

interface Packed {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}
const plain = (typeUrl: string): Packed => ({ typeUrl, value: new Uint8Array(0) });
const exec = (...msgs: Packed[]): Packed => ({
  typeUrl: "/cosmos.authz.v1beta1.MsgExec",
  value: MsgExec.encode({ grantee: "", msgs }).finish(),
});
const nested = (depth: number, message: Packed): Packed =>
  depth === 0 ? message : nested(depth - 1, exec(message));

const SEND = plain("/cosmos.bank.v1beta1.MsgSend");
const UNJAIL = plain("/cosmos.slashing.v1beta1.MsgUnjail");
const EVIDENCE = plain("/cosmos.evidence.v1beta1.MsgSubmitEvidence");
const UPDATE = plain("/ibc.core.client.v1.MsgUpdateClient");

function passes(secured: boolean, ...messages: Packed[]): boolean {
  const chain = createTestConsumer();
  if (secured) {
    chain.openChannel();
    chain.vsc(1n);
  }
  const tx = { messages } as unknown as DecodedTx;
  return chain.consumer.ante.every((decorator) => refusalCode(() => decorator.run(chain.ctx, tx)) === "none");
}

describe("before the first VSC packet", () => {
  test.each<[string, boolean, Packed[]]>([
    ["IBC messages", true, [UPDATE, plain("/ibc.applications.transfer.v1.MsgTransfer")]],
    ["no message", true, []],
    ["a send", false, [SEND]],
    ["a send among IBC messages", false, [UPDATE, SEND]],
    ["IBC messages inside others", false, [exec(UPDATE)]],
    ["an unjailing", false, [UNJAIL]],
    ["a name that only starts like it", false, [plain("/ibcx.Msg")]],
  ])("[vsc-12] %s passes: %s", (_, expected, messages) => {
    expect(passes(false, ...messages)).toBe(expected);
  });
});

describe("after it", () => {
  test.each<[string, boolean, Packed[]]>([
    ["a send", true, [SEND]],
    ["a send inside another message", true, [exec(SEND, exec(UPDATE))]],
    ["an unjailing", false, [SEND, UNJAIL]],
    ["evidence", false, [EVIDENCE]],
    ["an unjailing inside another message", false, [exec(SEND, UNJAIL)]],
    ["evidence three levels down", false, [nested(3, EVIDENCE)]],
    ["evidence a thousand levels down", false, [nested(1000, EVIDENCE)]],
    ["bytes that are no message", false, [{ ...exec(), value: Uint8Array.of(0x0a, 0xff) }]],
  ])("[vsc-11] [vsc-12] %s passes: %s", (_, expected, messages) => {
    expect(passes(true, ...messages)).toBe(expected);
  });
});
