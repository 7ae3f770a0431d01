import { QueryNextFeeDistributionEstimateResponse } from "@tandem-ics/proto";
import { type Coins, formatCoins } from "@tandem-ics/runtime";
import { Order } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  createTestConsumer,
  newConsumerGenesis,
  PROVIDER_CONNECTION,
  type TestConsumer,
} from "../testing/test-consumer.ts";
import { ibcDenom } from "../types/denoms.ts";
import { changeParams } from "./params.ts";
import * as state from "./state.ts";

const coins = (amount: bigint, denom = "ucons"): Coins => [{ denom, amount }];

/** A consumer that sends every three blocks over an open reward channel. */
function rewarding(rewardDenoms = ["ucons"], providerRewardDenoms: string[] = []): TestConsumer {
  const chain = createTestConsumer({
    genesis: newConsumerGenesis(
      {},
      {
        blocksPerDistributionTransmission: 3n,
        rewardDenoms,
        providerRewardDenoms,
        distributionTransmissionChannel: "channel-1",
        providerFeePoolAddrStr: "cosmos1pool",
        consumerId: "7",
      },
    ),
  });
  chain.ibc.openChannel("transfer", "channel-1", PROVIDER_CONNECTION, Order.ORDER_UNORDERED);
  return chain;
}
const held = (chain: TestConsumer, account: string): string => formatCoins(chain.bank.balanceOf(account));

describe("fees", () => {
  test("[reward-1] are split every block, the remainder going to the provider", () => {
    const chain = rewarding();
    chain.bank.give("fee_collector", [
      { denom: "ucons", amount: 101n },
      { denom: "uother", amount: 1n },
    ]);
    chain.nextBlock();
    expect(held(chain, "fee_collector")).toBe("");
    expect(held(chain, "cons_redistribute")).toBe("75ucons");
    expect(held(chain, "cons_to_send_to_provider")).toBe("26ucons,1uother");
  });

  test.each([
    ["0", "", "9ucons"],
    ["1", "9ucons", ""],
    ["0.999999999999999999", "8ucons", "1ucons"],
  ])("[reward-1] at the fraction %s leave %s here", (fraction, kept, sent) => {
    const chain = rewarding();
    changeParams(chain.ctx, { consumerRedistributionFraction: fraction });
    chain.bank.give("fee_collector", coins(9n));
    chain.nextBlock();
    expect(held(chain, "cons_redistribute")).toBe(kept);
    expect(held(chain, "cons_to_send_to_provider")).toBe(sent);
  });
});

describe("rewards", () => {
  test("[reward-2] go to the pool every so many blocks, with a memo that names the consumer", () => {
    const chain = rewarding();
    chain.bank.give("fee_collector", coins(100n));
    for (let i = 0; i < 2; i++) chain.nextBlock();
    expect(chain.transfers).toEqual([]);
    const { timeNs, height } = chain.ctx;
    chain.module.endBlock!(chain.ctx);
    expect(chain.transfers).toEqual([
      {
        sourcePort: "transfer",
        sourceChannel: "channel-1",
        token: { denom: "ucons", amount: 25n },
        sender: chain.account("cons_to_send_to_provider"),
        receiver: "cosmos1pool",
        timeoutHeight: { revisionNumber: 0n, revisionHeight: 0n },
        timeoutTimestamp: timeNs + 3_600_000_000_000n,
        memo: `{\n\t\t\t"provider": {"consumerId":"7","chainId":"consumer-1","memo":"ICS rewards"}\n\t\t}`,
      },
    ]);
    expect(chain.eventsOf("fee_distribution")).toEqual([
      {
        module: "ccvconsumer",
        current_distribution_height: "3",
        next_distribution_height: "6",
        distribution_fraction: "0.75",
        total: "25ucons",
        provider_amount: "25ucons",
      },
    ]);
    expect(state.lastTransmission.require(chain.ctx)).toEqual({ height });
  });

  test("[reward-2] are of the listed denominations only, the provider's as vouchers of the channel", () => {
    const voucher = ibcDenom("transfer/channel-1/stake");
    const chain = rewarding(["ucons"], ["stake"]);
    chain.bank.give("cons_to_send_to_provider", [
      { denom: voucher, amount: 4n },
      { denom: "stake", amount: 5n },
      { denom: "ucons", amount: 6n },
      { denom: "uother", amount: 7n },
    ]);
    for (let i = 0; i < 3; i++) chain.nextBlock();
    expect(chain.transfers.map(({ token }) => formatCoins([token]))).toEqual(["6ucons", `4${voucher}`]);
    expect(held(chain, "cons_to_send_to_provider")).toBe("5stake,7uother");
  });

  test("[reward-3] are not sent with nothing listed", () => {
    const chain = rewarding([]);
    chain.bank.give("fee_collector", coins(100n));
    for (let i = 0; i < 4; i++) chain.nextBlock();
    expect(chain.transfers).toEqual([]);
  });

  test("[reward-2] that cannot be sent wait as long again, and are not split twice", () => {
    const chain = rewarding();
    chain.bank.give("fee_collector", coins(100n));
    chain.fails.transfers = true;
    for (let i = 0; i < 3; i++) chain.nextBlock();
    expect(state.lastTransmission.require(chain.ctx)).toEqual({ height: 3n });
    chain.fails.transfers = false;
    for (let i = 0; i < 2; i++) chain.nextBlock();
    expect(chain.transfers).toEqual([]);
    chain.nextBlock();
    expect(chain.transfers.map(({ token }) => token.amount)).toEqual([25n]);
    expect(held(chain, "cons_redistribute")).toBe("75ucons");
  });

  test("[reward-3] that come back go out with the next, unsplit", () => {
    const chain = rewarding();
    chain.bank.give("fee_collector", coins(100n));
    for (let i = 0; i < 3; i++) chain.nextBlock();
    chain.bank.give("cons_to_send_to_provider", coins(25n));
    chain.bank.give("fee_collector", coins(4n));
    for (let i = 0; i < 3; i++) chain.nextBlock();
    expect(chain.transfers.map(({ token }) => token.amount)).toEqual([25n, 26n]);
  });

  test("[reward-2] wait for the channel to be open, the height advancing", () => {
    const chain = rewarding();
    chain.ibc.channels.clear();
    chain.bank.give("fee_collector", coins(100n));
    for (let i = 0; i < 4; i++) chain.nextBlock();
    expect(chain.transfers).toEqual([]);
    expect(state.lastTransmission.require(chain.ctx)).toEqual({ height: 3n });
    expect(chain.eventsOf("fee_distribution")).toEqual([]);
  });

  test("of a consumer without id carry the old memo", () => {
    const chain = rewarding();
    changeParams(chain.ctx, { consumerId: "" });
    chain.bank.give("fee_collector", coins(4n));
    for (let i = 0; i < 3; i++) chain.nextBlock();
    expect(chain.transfers.map(({ memo }) => memo)).toEqual(["consumer chain rewards distribution"]);
  });

  test("are estimated by a query", () => {
    const chain = rewarding();
    for (let i = 0; i < 3; i++) chain.nextBlock();
    chain.bank.give("fee_collector", coins(101n));
    const route = chain.module.queries!.find(({ path }) => path.endsWith("/QueryNextFeeDistribution"))!;
    const { data } = QueryNextFeeDistributionEstimateResponse.decode(route.run(chain.ctx, new Uint8Array()));
    expect(data).toEqual({
      currentHeight: 4n,
      lastHeight: 3n,
      nextHeight: 6n,
      distributionFraction: "0.75",
      total: "101.000000000000000000ucons",
      toProvider: "26.000000000000000000ucons",
      toConsumer: "75.000000000000000000ucons",
    });
  });
});
