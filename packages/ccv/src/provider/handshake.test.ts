import { MsgRemoveConsumer } from "@tandem-ics/proto";
import { atBlock } from "@tandem-ics/runtime";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { refusalCode } from "../testing/refusal-code.ts";
import { createTestProvider, keyJson, OWNER, type TestProvider } from "../testing/test-provider.ts";
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
    ["another client", { connectionHops: ["connection-2"] }, "CCV/15"],
  ])("[handshake-2] refuses %s", (_, changes, code) => {
    const chain = createTestProvider();
    const channel = opening(chain, chain.launch());
    chain.ibc.clients.set("07-tendermint-8", chain.ibc.clients.get("07-tendermint-0")!);
    chain.ibc.openConnection("connection-2", "07-tendermint-8");
    expect(
      refusalCode(() => chain.provider.ibcApp.onChanOpenTry(chain.ctx, { ...channel, ...changes })),
    ).toBe(code);
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
    expect(refusalCode(() => chain.provider.ibcApp.onChanOpenTry(chain.ctx, opening(chain, id)))).toBe(
      "CCV/5",
    );
    expect(state.initChainHeight.get(chain.ctx, id)).toBe(2n);
  });

  test("closes no channel that is closed already when a consumer is deleted", () => {
    const { chain, id } = connected();
    const end = chain.ibc.channels.get("provider/channel-0")!;
    chain.ibc.channels.set("provider/channel-0", { ...end, state: State.STATE_CLOSED });
    chain.deliver(MsgRemoveConsumer, { consumerId: id, owner: OWNER });
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
  chain.deliver(MsgRemoveConsumer, { consumerId: id, owner: OWNER });
  check();
  chain.nextBlock(21n * 86_400n);
  check();
});
