import { atBlock } from "@tandem-ics/runtime";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { refusalCode, refusalText } from "../testing/refusal-code.ts";
import { createTestProvider, keyJson, type TestProvider } from "../testing/test-provider.ts";
import * as state from "./state.ts";

/** A launched consumer with an open channel. */
function connected(options?: Parameters<typeof createTestProvider>[0]): { chain: TestProvider; id: string } {
  const chain = createTestProvider(options);
  const id = chain.launch(options?.tokens?.map((_, i) => i + 1) ?? [1, 2, 3]);
  chain.openChannel(id);
  return { chain, id };
}

describe("the provider's end of the handshake", () => {
  const opening = (chain: TestProvider, id: string) => {
    chain.ibc.openConnection("connection-0", state.clientOfConsumer.get(chain.ctx, id)!);
    return {
      ordering: 2,
      connectionHops: ["connection-0"],
      portId: "provider",
      channelId: "channel-4",
      counterparty: { portId: "consumer", channelId: "channel-7" },
      counterpartyVersion: "1",
    } as const;
  };

  test("[wire-7] answers a try with the pool's address as raw protobuf", () => {
    const chain = createTestProvider();
    const version = chain.provider.ibcApp.onChanOpenTry(chain.ctx, opening(chain, chain.launch()));
    const pool = "cosmos1ap0mh6xzfn8943urr84q6ae7zfnar48am2erhd";
    expect(Buffer.from(version).toString("hex")).toBe(`0a2d${Buffer.from(pool).toString("hex")}120131`);
  });

  test.each([
    ["an unordered channel", { ordering: 1 }, "channel/6"],
    ["another port", { portId: "transfer" }, "port/4"],
    ["another counterparty port", { counterparty: { portId: "transfer", channelId: "" } }, "port/4"],
    ["another version", { counterpartyVersion: "ccv-1" }, "CCV/2"],
    ["two hops", { connectionHops: ["connection-0", "connection-1"] }, "channel/15"],
    ["an unknown connection", { connectionHops: ["connection-8"] }, "connection/3"],
    ["no hop", { connectionHops: [] }, "channel/15"],
  ])("[handshake-2] refuses %s", (_, changes, code) => {
    const chain = createTestProvider();
    const channel = opening(chain, chain.launch());
    expect(
      refusalCode(() => chain.provider.ibcApp.onChanOpenTry(chain.ctx, { ...channel, ...changes })),
    ).toBe(code);
  });

  test("[handshake-3] refuses a try over a client that is not the one of the launch", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    const other = chain.launch();
    const channel = { ...opening(chain, id), connectionHops: ["connection-2"] };
    const attempt = (): string => refusalCode(() => chain.provider.ibcApp.onChanOpenTry(chain.ctx, channel));
    // Of the same chain id, state and validators, and made by anyone.
    chain.ibc.clients.set("07-tendermint-8", chain.ibc.clients.get("07-tendermint-0")!);
    chain.ibc.openConnection("connection-2", "07-tendermint-8");
    expect(attempt()).toBe("CCV/15");
    chain.ibc.openConnection("connection-2", "07-tendermint-404");
    expect(attempt()).toBe("client/4");
    // Another consumer's client leads to that consumer, never to this one.
    chain.openChannel(other);
    chain.ibc.openConnection("connection-2", "07-tendermint-1");
    expect(attempt()).toBe("CCV/5");
    state.clientOfConsumer.set(chain.ctx, other, "07-tendermint-9");
    expect(attempt()).toBe("provider/16");
  });

  test.each([
    [{ ordering: 1 }, "expected ORDER_ORDERED channel, got ORDER_UNORDERED : invalid channel ordering"],
    [{ connectionHops: [] }, "must have direct connection to provider chain: too many connection hops"],
    [
      { counterpartyVersion: "ccv-1" },
      "invalid counterparty version: got: ccv-1, expected 1: invalid CCV version",
    ],
  ])("refuses %j with Go's text", (changes, text) => {
    const chain = createTestProvider();
    const channel = opening(chain, chain.launch());
    expect(
      refusalText(() => chain.provider.ibcApp.onChanOpenTry(chain.ctx, { ...channel, ...changes })),
    ).toBe(text);
  });

  test("[handshake-1] [handshake-13] never takes init, ack or a user's close", () => {
    const { ibcApp } = createTestProvider().provider;
    const { ctx } = createTestProvider();
    const end = { portId: "provider", channelId: "channel-0" };
    expect(refusalCode(() => ibcApp.onChanOpenInit(ctx, {} as never))).toBe("CCV/3");
    expect(refusalCode(() => ibcApp.onChanOpenAck(ctx, {} as never))).toBe("CCV/3");
    expect(refusalCode(() => ibcApp.onChanCloseInit(ctx, end))).toBe("sdk/18");
  });

  test("[handshake-4] lets the first confirm win, and refuses tries and confirms after it", () => {
    const { chain, id } = connected();
    expect(chain.eventsOf("channel_established")[0]).toEqual({
      module: "ccvconsumer",
      consumer_id: "0",
      consumer_chain_id: "consumer-1",
      client_id: "07-tendermint-0",
      channel_id: "channel-0",
      connection_id: "connection-0",
    });
    chain.ibc.openChannel("provider", "channel-4", "connection-0");
    const late = { portId: "provider", channelId: "channel-4" };
    expect(refusalCode(() => chain.provider.ibcApp.onChanOpenConfirm(chain.ctx, late))).toBe("CCV/5");
    expect(state.channelOfConsumer.get(chain.ctx, id)).toBe("channel-0");
    expect(state.consumerOfChannel.has(chain.ctx, "channel-4")).toBe(false);
    expect(refusalCode(() => chain.provider.ibcApp.onChanOpenTry(chain.ctx, opening(chain, id)))).toBe(
      "CCV/5",
    );
    expect(state.initChainHeight.get(chain.ctx, id)).toBe(2n);
  });

  test("[handshake-4] lets several tries wait, until one is confirmed", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    const channel = opening(chain, id);
    for (const channelId of ["channel-4", "channel-5"]) {
      chain.provider.ibcApp.onChanOpenTry(chain.ctx, { ...channel, channelId });
      chain.ibc.openChannel("provider", channelId, "connection-0");
    }
    const confirm = (channelId: string) =>
      chain.provider.ibcApp.onChanOpenConfirm(chain.ctx, { portId: "provider", channelId });
    confirm("channel-5");
    expect(refusalText(() => confirm("channel-4"))).toBe(
      "CCV channel with ID: channel-5 already created for consumer chain with id 0: CCV channel already exists",
    );
    expect(state.channelOfConsumer.get(chain.ctx, id)).toBe("channel-5");
  });

  test("[handshake-4] refuses to confirm over a client of no consumer", () => {
    const chain = createTestProvider();
    chain.ibc.clients.set(
      "07-tendermint-8",
      chain.ibc.clients.get(state.clientOfConsumer.get(chain.ctx, chain.launch())!)!,
    );
    chain.ibc.openConnection("connection-2", "07-tendermint-8");
    chain.ibc.openChannel("provider", "channel-4", "connection-2");
    const end = { portId: "provider", channelId: "channel-4" };
    expect(refusalCode(() => chain.provider.ibcApp.onChanOpenConfirm(chain.ctx, end))).toBe("provider/35");
    const missing = { portId: "provider", channelId: "channel-9" };
    expect(refusalCode(() => chain.provider.ibcApp.onChanOpenConfirm(chain.ctx, missing))).toBe("channel/3");
  });

  test("closes no channel that is closed already when a consumer is deleted", () => {
    const { chain, id } = connected();
    const end = chain.ibc.channels.get("provider/channel-0")!;
    chain.ibc.channels.set("provider/channel-0", { ...end, state: State.STATE_CLOSED });
    chain.remove(id);
    chain.nextBlock(21n * 86_400n);
    expect(chain.ibc.closed).toEqual([]);
    expect(state.channelOfConsumer.has(chain.ctx, id)).toBe(false);
  });
});

test("invariants of the provider hold along a consumer's life", () => {
  const { chain, id } = connected();
  const check = (): void => {
    for (const [name, holds] of Object.entries(chain.module.invariants!))
      expect([name, holds(atBlock(chain.ctx, {}))]).toEqual([name, undefined]);
  };
  check();
  chain.optIn(id, 1, keyJson(50));
  chain.nextEpoch();
  check();
  chain.remove(id);
  check();
  chain.nextBlock(21n * 86_400n);
  check();
});
