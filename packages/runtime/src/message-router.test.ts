import { createMemoryBackend } from "@tandem-ics/store";
import { MsgSend, MsgSendResponse } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { createAddressCodecs } from "./address.ts";
import { createBaseApp } from "./app/base-app.ts";
import { map, textKey, textValue } from "./collections.ts";
import { InvariantError } from "./errors.ts";
import { createMessageRouter } from "./message-router.ts";
import { type AppModule, message } from "./module.ts";
import { sdkErrors } from "./sdk-errors.ts";
import { createTestContext, createTestSigner } from "./testing.ts";

const addresses = createAddressCodecs("cosmos");
const notes = map("toy", "n", textKey, textValue);

const toy: AppModule = {
  name: "toy",
  stores: { toy: "iavl" },
  messages: [
    message({
      typeUrl: MsgSend.typeUrl,
      request: MsgSend,
      response: MsgSendResponse,
      validate({ toAddress }) {
        if (toAddress === "") throw sdkErrors.invalidAddress("to nobody");
      },
      handle(ctx, { toAddress }) {
        notes.set(ctx, toAddress, "written");
        ctx.emit("noted", { to: toAddress });
        if (toAddress === "refused") throw sdkErrors.unauthorized("late");
        return {};
      },
    }),
  ],
};

const send = (
  toAddress: string,
  fromAddress = addresses.account.encode(createTestSigner("a").address),
): Any => ({
  typeUrl: MsgSend.typeUrl,
  value: MsgSend.encode({ fromAddress, toAddress, amount: [] }).finish(),
});

/** A router bound by an application. */
function bound() {
  const router = createMessageRouter(addresses);
  const app = createBaseApp({
    name: "toy",
    version: "1",
    backend: createMemoryBackend(),
    modules: [toy],
    ante: () => undefined,
    consensusParams: { get: () => undefined, set: () => undefined },
    addresses,
    router,
  });
  app.close();
  return { router, ctx: createTestContext({ stores: [toy] }) };
}

test("runs a message with events of its own and gives its response", () => {
  const { router, ctx } = bound();
  ctx.emit("before", {});
  expect(router.run(ctx, send("bob"))).toEqual({
    response: { typeUrl: "/cosmos.bank.v1beta1.MsgSendResponse", value: new Uint8Array() },
    events: [{ type: "noted", attributes: [{ key: "to", value: "bob" }] }],
  });
  expect(ctx.events.events.map(({ type }) => type)).toEqual(["before"]);
  expect(notes.get(ctx, "bob")).toBe("written");
});

test("checks the form first; writes of a refused message go with the branch it ran on", () => {
  const { router, ctx } = bound();
  expect(() => router.run(ctx, send(""))).toThrow("to nobody: invalid address");
  expect(() => router.run(ctx.branch().ctx, send("refused"))).toThrow("late: unauthorized");
  expect(notes.keys(ctx)).toEqual([]);
});

test("names the signers of a message and who handles it", () => {
  const { router } = bound();
  const { signers, route, message } = router.resolve(send("bob"));
  expect(signers).toEqual([createTestSigner("a").address]);
  expect(route).toBe(router.route(MsgSend.typeUrl));
  expect(message).toMatchObject({ toAddress: "bob" });
  expect(
    router.resolve({ typeUrl: "/cosmos.bank.v1beta1.MsgMultiSend", value: new Uint8Array() }),
  ).toMatchObject({
    signers: [],
    route: undefined,
  });
});

test("refuses what nobody handles, unknown types, and use before it is bound or binding twice", () => {
  const { router, ctx } = bound();
  const nothing = new Uint8Array();
  const error = (typeUrl: string) => {
    try {
      router.run(ctx, { typeUrl, value: nothing });
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  };
  expect(sdkErrors.unknownRequest.is(error("/cosmos.bank.v1beta1.MsgMultiSend"))).toBe(true);
  expect(() => router.resolve({ typeUrl: "/no.such.Msg", value: nothing })).toThrow(
    "unable to resolve type URL",
  );
  expect(() => router.bind(new Map())).toThrow(InvariantError);
  expect(() => createMessageRouter(addresses).route(MsgSend.typeUrl)).toThrow(InvariantError);
});
