import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { Localnet } from "./localnet.ts";
import { createTopology } from "./topology.ts";

jest.setTimeout(60_000);

const topology = createTopology({
  validators: 1,
  consumers: 0,
  chains: [
    {
      name: "hub",
      chainId: "hub-1",
      bech32Prefix: "hub",
      denoms: { stake: "ustake", fee: "ufee" },
      accounts: [
        { name: "operator", coins: "5000000ustake" },
        { name: "user", count: 2, coins: "1000000000ufee,10000000ustake" },
      ],
      validators: [{ name: "val", operator: "operator", stake: 3_000_000 }],
      genesis: { staking: { params: { max_entries: 3 } }, mint: { minter: { inflation: "0.1" } } },
      consensusParams: { block: { max_gas: 20_000_000 } },
      denomMetadata: [{ base: "ufee", display: "fee", denomUnits: [{ denom: "ufee" }] }],
    },
  ],
  paths: [{ name: "bridge", chains: ["provider", "hub"] }],
});

describe("a plain chain beside a provider", () => {
  const home = mkdtempSync(join(tmpdir(), "tandem-plain-"));
  let net: Localnet;
  beforeAll(async () => {
    net = await Localnet.start({ checkInvariants: true, topology, home });
  }, 60_000);
  afterAll(async () => {
    await net?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  test("has what the topology says: accounts in order, a signed genesis transaction, metadata, parameters", async () => {
    const { query } = net.chain("hub").client;
    const all = { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false };
    const addresses = net.accounts.filter((a) => a.chain === "hub").map((a) => a.address);
    expect(net.accounts.filter((a) => a.chain === "hub").map((a) => a.name)).toEqual([
      "operator",
      "user-0",
      "user-1",
      "relayer",
    ]);
    for (const [number, address] of addresses.entries()) {
      const { info } = await query.auth.AccountInfo({ address });
      expect(info?.accountNumber).toBe(BigInt(number));
      if (number === 0)
        expect([info?.sequence, info?.pubKey?.typeUrl]).toEqual([1n, "/cosmos.crypto.secp256k1.PubKey"]);
    }
    const { validators } = await query.staking.Validators({ status: "", pagination: all });
    expect(validators).toMatchObject([
      { tokens: "3000000", operatorAddress: expect.stringMatching(/^hubvaloper1/) },
    ]);
    expect((await query.staking.Params({})).params).toMatchObject({ maxEntries: 3, bondDenom: "ustake" });
    const { metadatas } = await query.bank.DenomsMetadata({ pagination: all });
    expect(metadatas).toMatchObject([{ base: "ufee", display: "fee" }]);
  });

  test("is reported as plain, and takes stake by its name", async () => {
    const { chains, relayer } = await net.status();
    expect(chains.map((c) => [c.name, c.role, c.phase])).toEqual([
      ["provider", "provider", "running"],
      ["hub", "plain", "running"],
    ]);
    expect(chains[1]!.validators).toMatchObject([{ name: "val", power: "3", jailed: false }]);
    expect(relayer.paths).toMatchObject([{ consumer: "bridge", chains: ["provider", "hub"] }]);
    const staked = await net.stake.delegate("val", "2000000", { chain: "hub", from: "user-0" });
    expect(staked).toMatchObject({ validator: "val", power: "5" });
    await expect(net.stake.delegate("val", "2000000")).rejects.toThrow(/no validator "val"/);
    expect(await net.fault.down("val")).toEqual(["hub"]);
    expect(net.fault.list()).toEqual([{ validator: "val", chain: "hub", kind: "down" }]);
    await net.fault.heal();
  });

  test("exchanges coins with the provider, also after a time in which clients would expire, and after a restart", async () => {
    const transfer = async (): Promise<void> => {
      const [bridge] = (await net.status()).relayer.paths;
      const sender = net.sender("hub", "user-1");
      const { timeNs } = await net.provider.client.status();
      const token = { denom: "ufee", amount: "100" };
      await sender.send([
        {
          typeUrl: MsgTransfer.typeUrl,
          value: MsgTransfer.fromPartial({
            sourcePort: "transfer",
            sourceChannel: bridge!.channels![1],
            token,
            sender: sender.address,
            receiver: net.sender("provider", "owner").address,
            timeoutTimestamp: timeNs + 600_000_000_000n,
          }),
        },
      ]);
      await net.relay.once("bridge");
    };
    const arrived = async (): Promise<string | undefined> => {
      const { balances } = await net.provider.client.query.bank.AllBalances({
        address: net.sender("provider", "owner").address,
        resolveDenom: false,
      });
      return balances.find(({ denom }) => denom.startsWith("ibc/"))?.amount;
    };
    await transfer();
    expect(await arrived()).toBe("100");
    await net.clock.advance(30n * 86_400n * 1_000_000_000n);
    await transfer();
    expect(await arrived()).toBe("200");
    const { height } = await net.chain("hub").client.status();
    await net.stop();
    net = await Localnet.start({ checkInvariants: true, home });
    expect((await net.chain("hub").client.status()).height).toBeGreaterThanOrEqual(height);
    await transfer();
    expect(await arrived()).toBe("300");
  });
});

test("a network without a provider says so where one is needed", async () => {
  const net = await Localnet.start({ checkInvariants: true, chains: [{ name: "only" }] });
  try {
    expect(() => net.provider).toThrow(/no provider/);
    await expect(net.consumer.create({ name: "c" })).rejects.toThrow(/no provider/);
    const { chains } = await net.status();
    expect(chains.map((c) => c.name)).toEqual(["only"]);
    await net.blocks(2);
    await net.stake.delegate("alice", "1000000");
    expect((await net.status()).chains[0]!.validators).toMatchObject([{ name: "alice", power: "100" }]);
  } finally {
    await net.stop();
  }
});
