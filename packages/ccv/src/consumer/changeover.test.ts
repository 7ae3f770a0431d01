import { Dec, type JsonObject } from "@tandem-ics/runtime";
import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { testAddress, testKey } from "../testing/fake-staking.ts";
import { createTestConsumer, newConsumerGenesis, updateOf } from "../testing/test-consumer.ts";
import type { StandaloneStaking } from "./expected-keepers.ts";
import * as state from "./state.ts";

const ed25519 = (n: number) => ({
  consensusPubkey: {
    typeUrl: "/cosmos.crypto.ed25519.PubKey",
    value: PubKey.encode({ key: testKey(n) }).finish(),
  },
});

/** A chain of validators 3, 8 and 9 that becomes a consumer with 1, 2 and 3. */
function changing(initialHeight = 1n) {
  const genesis = newConsumerGenesis({ preCCV: true, connectionId: "connection-4" });
  const slashes: bigint[] = [];
  const unjailed: Uint8Array[] = [];
  const standalone: StandaloneStaking = {
    bondedValidatorsByPower: () => [8, 3, 9].map(ed25519),
    isValidatorJailed: (_, address) => Buffer.compare(address, testAddress(9)) === 0,
    slashWithInfractionReason(_, __, height) {
      slashes.push(height);
      return 1n;
    },
    unjail: (_, address) => void unjailed.push(address),
    requireValidator: () => {
      throw new RangeError("nobody asks");
    },
    requireDelegation: () => {
      throw new RangeError("nobody asks");
    },
  };
  const chain = createTestConsumer({
    genesis: {
      ...genesis,
      provider: { ...(genesis["provider"] as JsonObject), client_state: null, consensus_state: null },
    },
    standalone,
    initialHeight,
    prepare: (ibc) => ibc.openConnection("connection-4", "07-tendermint-8"),
  });
  return { chain, slashes, unjailed };
}

describe("a chain that becomes a consumer", () => {
  test("[handshake-15] gives its engine the provider's set at the end of the block and retires its own", () => {
    const { chain } = changing();
    expect(chain.genesisUpdates).toBeUndefined();
    expect(state.validators.values(chain.ctx)).toEqual([]);
    expect(chain.nextBlock()).toEqual([
      updateOf(1, 10n),
      updateOf(2, 8n),
      updateOf(3, 5n),
      updateOf(8, 0n),
      updateOf(9, 0n),
    ]);
    expect(state.validators.values(chain.ctx)).toHaveLength(3);
    expect(chain.nextBlock()).toEqual([]);
  });

  test("[handshake-15] at height H has the provider's set in force at H + 2, no height before", () => {
    const { chain, slashes } = changing(50n);
    const { view } = chain;
    const jailed = () => view.isValidatorJailed(chain.ctx, testAddress(9));
    chain.bank.give("fee_collector", [{ denom: "ucons", amount: 8n }]);
    expect(chain.nextBlock()).toHaveLength(5);
    // The block of the changeover splits no fees and sends nothing.
    expect(chain.bank.balanceOf("cons_redistribute")).toEqual([]);
    expect([chain.ctx.height, jailed()]).toEqual([51n, true]);
    chain.nextBlock();
    expect(chain.bank.balanceOf("cons_redistribute")).toEqual([{ denom: "ucons", amount: 6n }]);
    expect([chain.ctx.height, jailed()]).toEqual([52n, false]);
    const slash = (height: bigint, infraction: Infraction) =>
      view.slashWithInfractionReason(chain.ctx, testAddress(9), height, 5n, Dec.ZERO, infraction);
    expect(slash(51n, Infraction.INFRACTION_DOUBLE_SIGN)).toBe(1n);
    expect(slash(52n, Infraction.INFRACTION_DOUBLE_SIGN)).toBe(0n);
    expect(slashes).toEqual([51n]);
    expect(state.pendingPackets.values(chain.ctx)).toHaveLength(1);
    expect(state.preCcv.has(chain.ctx)).toBe(false);
  });

  test("starts the CCV channel over the connection that is there", () => {
    const { chain } = changing();
    expect(chain.ibc.channels.get("consumer/channel-0")?.connectionHops).toEqual(["connection-4"]);
    expect(state.providerClient.require(chain.ctx)).toBe("07-tendermint-8");
  });

  test("[handshake-15] punishes what happened before by its own staking, and reports what happened after", () => {
    const { chain, slashes, unjailed } = changing();
    const slash = (height: bigint) =>
      chain.view.slashWithInfractionReason(
        chain.ctx,
        testAddress(1),
        height,
        5n,
        Dec.ZERO,
        Infraction.INFRACTION_DOWNTIME,
      );
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(9))).toBe(true);
    for (let i = 0; i < 3; i++) chain.nextBlock();
    // Genesis was at height 0: the provider's set signs from height 2 on.
    expect(slash(1n)).toBe(1n);
    expect(slash(2n)).toBe(0n);
    expect(slashes).toEqual([1n]);
    expect(state.pendingPackets.values(chain.ctx)).toHaveLength(1);
    expect(chain.view.isValidatorJailed(chain.ctx, testAddress(9))).toBe(false);
    chain.view.unjail(chain.ctx, testAddress(9));
    expect(unjailed).toHaveLength(1);
  });
});
