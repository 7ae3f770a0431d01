/**
 * A chain with validators and stake of its own becomes a consumer while everybody uses it: `localnet/changeover.yaml` by the
 * manual clock, every invariant evaluated after each block.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Chain, type ChangedOver, Localnet, parseTopology } from "@tandem-ics/localnet";
import { listConsumers } from "@tandem-ics/relayer";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { Order, State } from "cosmjs-types/ibc/core/channel/v1/channel";

const file = join(__dirname, "../../localnet/changeover.yaml");
const home = mkdtempSync(join(tmpdir(), "tandem-changeover-"));
const { account, validator: operator } = createAddressCodecs("cosmos");
const HOUR_NS = 3_600_000_000_000n;

let net: Localnet;
const start = () =>
  Localnet.start({ topology: parseTopology(readFileSync(file, "utf8")), home, checkInvariants: true });
const sovereign = (): Chain => net.chain("sovereign");

beforeAll(async () => {
  net = await start();
}, 120_000);
afterAll(async () => {
  await net?.stop();
  rmSync(home, { recursive: true, force: true });
});

const addressOf = (name: string, chain?: string): string =>
  net.accounts.find((a) => a.name === name && a.chain === chain)!.address;

/** Name → power of those who sign the chain's next block. */
async function powers(chain: string): Promise<Record<string, string>> {
  const { chains } = await net.status();
  const { validators } = chains.find(({ name }) => name === chain)!;
  return Object.fromEntries(
    validators.filter(({ power }) => power !== "0").map(({ name, power }) => [name, power]),
  );
}

/** Coins of somebody on a chain by denomination. */
async function balances(chain: Chain, address: string): Promise<Record<string, bigint>> {
  const { balances: coins } = await chain.client.query.bank.AllBalances({ address, resolveDenom: false });
  return Object.fromEntries(coins.map(({ denom, amount }) => [denom, BigInt(amount)]));
}

/** Sends stake from one chain to the other over the channel that was there before. */
async function transfer(from: Chain, sender: string, receiver: string, amount: string): Promise<void> {
  const { timeNs } = await from.client.status();
  const payer = net.sender(from.name, sender);
  await payer.send([
    {
      typeUrl: MsgTransfer.typeUrl,
      value: MsgTransfer.fromPartial({
        sourcePort: "transfer",
        sourceChannel: "channel-0",
        token: { denom: "stake", amount },
        sender: payer.address,
        receiver,
        timeoutTimestamp: timeNs + HOUR_NS,
      }),
    },
  ]);
  await net.blocks(1);
  await net.relay.once("bridge");
  await net.relay.once("bridge");
}

/** What the receiver of {@link transfer} holds of it on the other chain. */
const vouchers = async (chain: Chain, address: string): Promise<bigint[]> =>
  Object.entries(await balances(chain, address))
    .filter(([denom]) => denom.startsWith("ibc/"))
    .map(([, amount]) => amount);

/** Stake of the chain's own validators, who they are, and whether they are jailed. */
async function ownStake(): Promise<[string, string, boolean][]> {
  const { validators } = await sovereign().client.query.staking.Validators({ status: "" });
  return validators.map((v) => [v.operatorAddress, v.tokens, v.jailed]);
}

let changed: ChangedOver;
let stakeBefore: [string, string, boolean][];

test("runs by itself at first: its own stakers make its blocks, and coins go both ways", async () => {
  expect(await powers("sovereign")).toEqual({ founder: "200", partner: "100" });
  await net.stake.delegate("partner", "50000000stake", { chain: "sovereign", from: "user" });
  await net.blocks(2);
  expect(await powers("sovereign")).toEqual({ founder: "200", partner: "150" });
  await transfer(sovereign(), "user", addressOf("owner"), "1000");
  await transfer(net.provider, "owner", addressOf("user", "sovereign"), "2000");
  expect(await vouchers(net.provider, addressOf("owner"))).toEqual([1000n]);
  expect(await vouchers(sovereign(), addressOf("user", "sovereign"))).toEqual([2000n]);
  stakeBefore = await ownStake();
  expect(new Set(stakeBefore)).toEqual(
    new Set([
      [operator.encode(account.decode(addressOf("founder", "sovereign"))), "200000000", false],
      [operator.encode(account.decode(addressOf("partner", "sovereign"))), "150000000", false],
    ]),
  );
}, 60_000);

test("tells what cannot become a consumer, before anything is sent", async () => {
  await expect(net.consumer.changeOver({ chain: "provider" })).rejects.toMatchObject({
    code: "bad-request",
    message: "provider is the provider: chains that run by themselves become consumers",
  });
  await expect(net.consumer.changeOver({ chain: "sovereing" })).rejects.toMatchObject({
    code: "unknown-name",
    hint: 'did you mean "sovereign"?',
  });
  await expect(net.consumer.changeOver({ chain: "sovereign", optIn: ["founder"] })).rejects.toMatchObject({
    code: "bad-topology",
    message: "consumer: consumer sovereign names founder, which is no validator",
  });
  expect(await listConsumers(net.provider.client)).toEqual([]);
});

test("[handshake-14] [handshake-15] becomes a consumer, over the connection and the transfer channel that it has", async () => {
  changed = await net.consumer.changeOver({ chain: "sovereign", optIn: ["alice", "bob"] });
  expect(changed).toEqual({
    name: "sovereign",
    chainId: "sovereign-1",
    consumerId: "0",
    upgradeHeight: expect.stringMatching(/^\d+$/),
    connectionId: "connection-0",
    ccvChannel: "channel-1",
    transferChannel: "channel-0",
  });
  for (const [chain, portId] of [
    [net.provider, "provider"],
    [sovereign(), "consumer"],
  ] as const) {
    const { channels } = await chain.client.query.ibcChannel.Channels({});
    expect(channels.map((c) => [c.portId, c.state, c.ordering, c.connectionHops])).toEqual([
      [portId, State.STATE_OPEN, Order.ORDER_ORDERED, ["connection-0"]],
      ["transfer", State.STATE_OPEN, Order.ORDER_UNORDERED, ["connection-0"]],
    ]);
  }
  expect(await listConsumers(net.provider.client)).toMatchObject([
    { chainId: "sovereign-1", phase: "CONSUMER_PHASE_LAUNCHED", consumerId: "0" },
  ]);
}, 120_000);

test("has its old validators up to the block after the upgrade's, and the provider's from then on", async () => {
  const upgrade = BigInt(changed.upgradeHeight);
  const powersAt = async (height: bigint): Promise<bigint[]> =>
    (await sovereign().client.validators(height)).map((v) => v.votingPower);
  expect(await powersAt(upgrade)).toEqual([200n, 150n]);
  expect(await powersAt(upgrade + 1n)).toEqual([200n, 150n]);
  expect(await powersAt(upgrade + 2n)).toEqual([500n, 400n]);
  const { alice, bob } = await powers("provider");
  expect(await powers("sovereign")).toEqual({ alice, bob });
  // Nobody lost what was staked, and nobody validates with it.
  expect(await ownStake()).toEqual(stakeBefore);
});

test("follows the provider's delegations from then on, and not its own", async () => {
  await net.stake.delegate("bob", "25000000stake", { wait: "applied" });
  const { alice, bob } = await powers("provider");
  expect(await powers("sovereign")).toEqual({ alice, bob });
  expect(BigInt(bob!)).toBe(425n);
  const own = net.sender("sovereign", "user");
  const [, founder] = (await ownStake()).map(([address]) => address).sort();
  await own.send([
    {
      typeUrl: "/cosmos.staking.v1beta1.MsgDelegate",
      value: {
        delegatorAddress: own.address,
        validatorAddress: founder,
        amount: { denom: "stake", amount: "7000000" },
      },
    },
  ]);
  await net.blocks(3);
  expect(await powers("sovereign")).toEqual({ alice, bob });
}, 60_000);

test("still moves coins over the old channel, both ways", async () => {
  await transfer(sovereign(), "user", addressOf("owner"), "30");
  await transfer(net.provider, "owner", addressOf("user", "sovereign"), "40");
  expect(await vouchers(net.provider, addressOf("owner"))).toEqual([1030n]);
  expect(await vouchers(sovereign(), addressOf("user", "sovereign"))).toEqual([2040n]);
}, 60_000);

test("cannot become one twice", async () => {
  await expect(net.consumer.changeOver({ chain: "sovereign" })).rejects.toMatchObject({
    code: "bad-request",
    message: "sovereign is a consumer already: chains that run by themselves become consumers",
  });
});

test("is a consumer after a restart, with relayer, keys and channels", async () => {
  const height = sovereign().node.height;
  await net.stop();
  net = await start();
  expect(sovereign()).toMatchObject({ role: "consumer", consumerId: "0" });
  expect(sovereign().node.height).toBeGreaterThanOrEqual(height);
  await net.stake.delegate("alice", "11000000stake", { wait: "applied" });
  const { alice, bob } = await powers("provider");
  expect(await powers("sovereign")).toEqual({ alice, bob });
  await transfer(sovereign(), "user", addressOf("owner"), "5");
  expect(await vouchers(net.provider, addressOf("owner"))).toEqual([1035n]);
  expect(net.invariants).toMatchObject({ broken: [] });
  expect(net.invariants!.blocks).toBeGreaterThan(5);
}, 120_000);
