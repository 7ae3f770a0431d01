import { moduleAddress } from "@tandem-ics/runtime";
import { Order, State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  createTestConsumer,
  newConsumerGenesis,
  PROVIDER_CONNECTION,
  type TestConsumer,
} from "../testing/test-consumer.ts";
import { ADDRESSES } from "../testing/test-provider.ts";
import { encodeHandshakeMetadata } from "../types/handshake.ts";
import { consumerParams } from "./params.ts";

const POOL = ADDRESSES.account.encode(moduleAddress("consumer_rewards_pool"));
const METADATA = encodeHandshakeMetadata(POOL);
const opening = {
  portId: "consumer",
  channelId: "channel-0",
  ordering: Order.ORDER_ORDERED,
  connectionHops: [PROVIDER_CONNECTION],
  counterparty: { portId: "provider", channelId: "" },
  version: "1",
};
const acknowledge = (chain: TestConsumer, counterpartyVersion = METADATA): void =>
  chain.app.onChanOpenAck(chain.ctx, {
    portId: "consumer",
    channelId: "channel-0",
    counterpartyChannelId: "channel-7",
    counterpartyVersion,
  });

describe("a CCV channel's opening", () => {
  test.each(["1", "", "  "])("with version %j becomes version 1", (version) => {
    const chain = createTestConsumer();
    expect(chain.app.onChanOpenInit(chain.ctx, { ...opening, version })).toBe("1");
  });

  test.each([
    ["another ordering", { ordering: Order.ORDER_UNORDERED }, "channel/6"],
    ["another port", { portId: "transfer" }, "port/4"],
    ["the specification's version", { version: "ccv-1" }, "CCV/2"],
    ["another counterparty port", { counterparty: { portId: "consumer", channelId: "" } }, "port/4"],
    ["two hops", { connectionHops: [PROVIDER_CONNECTION, "connection-1"] }, "channel/15"],
    ["no hop", { connectionHops: [] }, "channel/15"],
    ["an unknown connection", { connectionHops: ["connection-9"] }, "connection/3"],
    ["a connection over another client", { connectionHops: ["connection-1"] }, "client/3"],
  ])("[handshake-2] with %s is refused", (_, changes, code) => {
    const chain = createTestConsumer();
    chain.ibc.openConnection("connection-1", "07-tendermint-5");
    expect(refusalCode(() => chain.app.onChanOpenInit(chain.ctx, { ...opening, ...changes }))).toBe(code);
  });

  test("is refused once the CCV channel is known, as is its acknowledgement", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    chain.vsc(1n);
    expect(refusalCode(() => chain.app.onChanOpenInit(chain.ctx, opening))).toBe("CCV/5");
    expect(refusalCode(() => acknowledge(chain))).toBe("CCV/5");
  });

  test("[handshake-1] is the consumer's to begin and the provider's to confirm", () => {
    const { app, ctx } = createTestConsumer();
    expect(refusalCode(() => app.onChanOpenTry(ctx, { ...opening, counterpartyVersion: "1" }))).toBe("CCV/3");
    expect(
      refusalCode(() => app.onChanOpenConfirm(ctx, { portId: "consumer", channelId: "channel-0" })),
    ).toBe("CCV/3");
  });

  test("competes with others until the first VSC packet", () => {
    const chain = createTestConsumer();
    for (const channelId of ["channel-0", "channel-1"]) {
      chain.app.onChanOpenInit(chain.ctx, { ...opening, channelId });
      chain.openChannel(channelId);
    }
    acknowledge(chain);
    chain.app.onChanOpenAck(chain.ctx, {
      portId: "consumer",
      channelId: "channel-1",
      counterpartyChannelId: "channel-8",
      counterpartyVersion: METADATA,
    });
    chain.vsc(1n, [], {}, "channel-1");
    expect(() => chain.vsc(1n)).toThrow();
  });
});

describe("its acknowledgement", () => {
  test("[handshake-6] brings the rewards pool and starts a transfer channel over the same connection", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    acknowledge(chain);
    const params = consumerParams(chain.ctx);
    expect(params.providerFeePoolAddrStr).toBe(POOL);
    expect(params.distributionTransmissionChannel).toBe("channel-1");
    expect(chain.ibc.channels.get("transfer/channel-1")).toMatchObject({
      state: State.STATE_INIT,
      ordering: Order.ORDER_UNORDERED,
      connectionHops: [PROVIDER_CONNECTION],
      counterparty: { portId: "transfer", channelId: "" },
      version: "ics20-1",
    });
    expect(chain.eventsOf("fee_transfer_channel_opened")).toEqual([
      { module: "ccvconsumer", channel_id: "channel-0", port_id: "transfer" },
    ]);
  });

  test("[handshake-7] keeps the transfer channel that is configured if it exists", () => {
    const chain = createTestConsumer({
      genesis: newConsumerGenesis({}, { distributionTransmissionChannel: "channel-9" }),
    });
    chain.openChannel();
    chain.ibc.openChannel("transfer", "channel-9", PROVIDER_CONNECTION, Order.ORDER_UNORDERED);
    acknowledge(chain);
    expect(consumerParams(chain.ctx).distributionTransmissionChannel).toBe("channel-9");
    expect(chain.ibc.channels.size).toBe(2);
  });

  test("opens another when the configured one does not exist", () => {
    const chain = createTestConsumer({
      genesis: newConsumerGenesis({}, { distributionTransmissionChannel: "channel-9" }),
    });
    chain.openChannel();
    acknowledge(chain);
    expect(consumerParams(chain.ctx).distributionTransmissionChannel).toBe("channel-1");
  });

  test.each([
    ["1", "CCV/8"],
    ["", "CCV/2"],
  ])("with version %j is refused", (version, code) => {
    const chain = createTestConsumer();
    chain.openChannel();
    expect(refusalCode(() => acknowledge(chain, version))).toBe(code);
  });
});

describe("closing", () => {
  test("[handshake-13] is not a user's for the CCV channel, and for others only once that one is known", () => {
    const chain = createTestConsumer();
    const close = (channelId: string) =>
      refusalCode(() => chain.app.onChanCloseInit(chain.ctx, { portId: "consumer", channelId }));
    chain.openChannel();
    chain.openChannel("channel-1");
    expect(close("channel-1")).toBe("sdk/18");
    chain.vsc(1n);
    expect(close("channel-0")).toBe("sdk/18");
    expect(close("channel-1")).toBe("none");
  });

  test("[vsc-16] by the provider changes nothing: blocks go on", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    chain.vsc(1n);
    chain.app.onChanCloseConfirm(chain.ctx, { portId: "consumer", channelId: "channel-0" });
    expect(chain.nextBlock()).toEqual([]);
  });
});
