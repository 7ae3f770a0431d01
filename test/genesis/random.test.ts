/**
 * A seeded run of whatever happens on a provider with two consumers, one of them a democracy, exported at random heights:
 * each export begins a chain that goes on as the old one did. `SEED=n` repeats a run.
 */

import { Localnet } from "@tandem-ics/localnet";
import { encodeAny, nsToTimestamp } from "@tandem-ics/proto";
import { moduleAddress } from "@tandem-ics/runtime";
import { actorsOf, cosmos, initialization, message, PROVIDER, SECOND, stake } from "./messages.ts";
import { recordChain } from "./recorded-chain.ts";

jest.setTimeout(420_000);

const SEEDS = (process.env["SEED"] ?? "1").split(",").map(Number);
const STEPS = Number(process.env["STEPS"] ?? 45);
/** Blocks that each new chain goes on for. */
const FURTHER = 4;

/** Mulberry32: the same numbers for the same seed, everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NAMES = ["alice", "bob", "carol", "dave", "erin"] as const;

test.each(SEEDS)("seed %i", async (seed) => {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const upTo = (n: number): number => 1 + Math.floor(random() * n);
  const net = await Localnet.start({
    checkInvariants: true,
    seed: `genesis ${seed}`,
    validators: 5,
    consumers: [
      { name: "plain-0" },
      { name: "democ-0", application: "democracy", optIn: ["alice", "bob", "carol", "dave"] },
    ],
    provider: {
      blocksPerEpoch: 3,
      signedBlocksWindow: 10,
      slashMeterReplenishFraction: "0.05",
      slashMeterReplenishPeriod: "30s",
      unbondingPeriod: "3m",
      genesis: { gov: { params: { voting_period: "20s", expedited_voting_period: "10s" } } },
    },
  });
  const { account, operator, own, ownOperator, send, create, optIn, punish } = actorsOf(net);
  const recorded = [
    recordChain(net.provider, "provider"),
    recordChain(net.chain("plain-0"), "consumer"),
    recordChain(net.chain("democ-0"), "democracy"),
  ];
  const now = async (): Promise<bigint> => (await net.provider.client.status()).timeNs;
  let made = 0;
  const consumers = ["plain-0", "democ-0"];

  const acts: Record<string, () => Promise<unknown>> = {
    delegate: () => net.stake.delegate(pick(NAMES), `${upTo(9)}000000stake`),
    undelegate: () =>
      ((name) => net.stake.undelegate(name, `${upTo(9)}00000stake`, { from: name }))(pick(NAMES)),
    redelegate: () =>
      ((name) => net.stake.redelegate(name, pick(NAMES), `${upTo(5)}00000stake`, { from: name }))(
        pick(NAMES),
      ),
    relay: () => net.relay.once(),
    epoch: () => net.epochEnd(),
    blocks: () => net.blocks(upTo(4)),
    time: () => net.clock.advance(BigInt(upTo(40)) * SECOND),
    assignKey: () => net.validator.assignKey(pick(NAMES), pick(consumers)),
    optOut: () => net.validator.optOut(pick(["dave", "erin"]), "plain-0"),
    optIn: () => net.validator.optIn(pick(["dave", "erin"]), "plain-0"),
    down: () => net.fault.down("erin", { chain: "plain-0" }).then(() => net.blocks(13)),
    heal: () => net.fault.heal(),
    unjail: () => net.validator.unjail("erin"),
    create: async () =>
      send(
        "provider",
        "owner",
        create(
          `made${++made}-1`,
          pick([undefined, (await now()) + 20n * SECOND, (await now()) + 900n * SECOND]),
        ),
      ),
    join: () =>
      send("provider", "alice", optIn("alice", String(2 + Math.floor(random() * Math.max(1, made))))),
    spawn: async () =>
      send(
        "provider",
        "owner",
        message(`${PROVIDER}.MsgUpdateConsumer`, {
          owner: account("owner"),
          consumerId: String(2 + Math.floor(random() * Math.max(1, made))),
          initializationParameters: initialization(await now()),
        }),
      ),
    remove: () =>
      send(
        "provider",
        "owner",
        message(`${PROVIDER}.MsgRemoveConsumer`, {
          owner: account("owner"),
          consumerId: String(2 + Math.floor(random() * Math.max(1, made))),
        }),
      ),
    punish: () => send("provider", "owner", punish(pick(["0", "1"]), `${upTo(9)}000000000000000`)),
    commission: () =>
      send(
        "provider",
        "bob",
        message(`${PROVIDER}.MsgSetConsumerCommissionRate`, {
          providerAddr: operator("bob"),
          signer: account("bob"),
          consumerId: pick(["0", "1"]),
          rate: `${upTo(9)}00000000000000000`,
        }),
      ),
    propose: () =>
      send(
        "provider",
        "owner",
        message("/cosmos.gov.v1.MsgSubmitProposal", {
          messages: [],
          metadata: "on the record",
          initialDeposit: [stake(BigInt(pick([1, 10])) * 1_000_000n)],
          proposer: account("owner"),
          title: "t",
          summary: "s",
        }),
      ),
    withdraw: () =>
      send(
        "provider",
        "alice",
        message("/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward", {
          delegatorAddress: account("alice"),
          validatorAddress: operator("alice"),
        }),
      ),
    reward: async () =>
      send(
        "plain-0",
        "owner",
        message("/ibc.applications.transfer.v1.MsgTransfer", {
          sourcePort: "transfer",
          sourceChannel: "channel-1",
          token: stake(BigInt(upTo(99_999))),
          sender: own("owner"),
          receiver: cosmos.account.encode(moduleAddress("consumer_rewards_pool")),
          timeoutTimestamp: (await now()) + BigInt(pick([2, 3600])) * SECOND,
          memo: JSON.stringify({ provider: { consumerId: "0", chainId: "plain-0", memo: "ICS rewards" } }),
        }),
      ),
    grant: async () =>
      send(
        pick(consumers),
        "owner",
        message("/cosmos.feegrant.v1beta1.MsgGrantAllowance", {
          granter: own("owner"),
          grantee: own(pick(NAMES)),
          allowance: encodeAny("/cosmos.feegrant.v1beta1.BasicAllowance", {
            spendLimit: [],
            expiration: nsToTimestamp((await now()) + 60n * SECOND),
          }),
        }),
      ),
    represent: () =>
      send(
        "democ-0",
        "carol",
        message("/cosmos.staking.v1beta1.MsgCreateValidator", {
          description: { moniker: "carol" },
          commission: { rate: "100000000000000000", maxRate: "200000000000000000", maxChangeRate: "0" },
          minSelfDelegation: "1",
          validatorAddress: ownOperator("carol"),
          pubkey: encodeAny("/cosmos.crypto.ed25519.PubKey", { key: new Uint8Array(32).fill(5) }),
          value: stake(5_000_000n),
        }),
      ),
    follow: () =>
      send(
        "democ-0",
        "bob",
        message("/cosmos.staking.v1beta1.MsgDelegate", {
          delegatorAddress: own("bob"),
          validatorAddress: ownOperator("carol"),
          amount: stake(BigInt(upTo(9)) * 1_000_000n),
        }),
      ),
    leave: () =>
      send(
        "democ-0",
        "bob",
        message("/cosmos.staking.v1beta1.MsgUndelegate", {
          delegatorAddress: own("bob"),
          validatorAddress: ownOperator("carol"),
          amount: stake(BigInt(upTo(3)) * 1_000_000n),
        }),
      ),
  };

  try {
    const names = Object.keys(acts);
    const done: string[] = [];
    for (let step = 0; step < STEPS; step++) {
      const name = pick(names);
      // whatever the chain refuses is part of the run
      const taken = await acts[name]!().then(
        () => true,
        () => false,
      );
      done.push(taken ? name : `${name} (refused)`);
      if (random() < 0.25) pick(recorded).take(`after ${step}: ${done.slice(-4).join(", ")}`);
    }
    await net.fault.heal();
    await net.blocks(FURTHER);
    expect(done.filter((name) => !name.includes("refused")).length).toBeGreaterThan(STEPS / 2);
    expect(recorded.flatMap((chain) => chain.differences(FURTHER))).toEqual([]);
  } finally {
    await net.stop();
  }
});
