/** A democracy consumer in a network: representatives, governance and rewards of its own beside the provider's set. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProtobufRpcClient } from "@cosmjs/stargate";
import { type Chain, Localnet } from "@tandem-ics/localnet";
import { encodeAny, registeredType } from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { QueryClientImpl as DistributionQuery } from "cosmjs-types/cosmos/distribution/v1beta1/query";
import { ProposalStatus } from "cosmjs-types/cosmos/gov/v1/gov";
import { QueryClientImpl as GovQuery } from "cosmjs-types/cosmos/gov/v1/query";

const codecs = createAddressCodecs("consumer");
const UNIT = 1_000_000n;
const stake = (amount: bigint) => ({ denom: "stake", amount: amount.toString() });
const message = (typeUrl: string, fields: object) => ({
  typeUrl,
  value: registeredType(typeUrl).codec.fromPartial(fields as never),
});

describe("a democracy consumer", () => {
  let net: Localnet;
  let democ: Chain;
  beforeAll(async () => {
    net = await Localnet.start({
      checkInvariants: true,
      validators: 3,
      provider: { blocksPerEpoch: 3 },
      consumers: [
        {
          name: "democ",
          application: "democracy",
          genesis: {
            gov: { params: { voting_period: "8s", expedited_voting_period: "5s" } },
            transfer: { params: { send_enabled: false } },
          },
        },
      ],
    });
    democ = net.chain("democ");
  }, 60_000);
  afterAll(() => net?.stop());

  const addressOf = (name: string): Uint8Array => {
    const { address } = net.accounts.find((account) => account.name === name)!;
    return createAddressCodecs("cosmos").account.decode(address);
  };
  const account = (name: string): string => codecs.account.encode(addressOf(name));
  const operator = (name: string): string => codecs.validator.encode(addressOf(name));
  const send = (name: string, ...messages: ReturnType<typeof message>[]) =>
    net.sender("democ", name).send(messages);
  const powers = async (chain: string): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await net.status()).chains
        .find(({ name }) => name === chain)!
        .validators.map(({ name, power }) => [name, power]),
    );
  const register = (name: string, tokens: bigint, key: number) =>
    message("/cosmos.staking.v1beta1.MsgCreateValidator", {
      description: { moniker: name },
      commission: { rate: "100000000000000000", maxRate: "200000000000000000", maxChangeRate: "0" },
      minSelfDelegation: "1",
      validatorAddress: operator(name),
      pubkey: encodeAny("/cosmos.crypto.ed25519.PubKey", { key: new Uint8Array(32).fill(key) }),
      value: stake(tokens),
    });
  const rewardsOf = async (name: string): Promise<bigint> => {
    const { rewards } = await new DistributionQuery(
      createProtobufRpcClient(democ.client.query),
    ).ValidatorOutstandingRewards({ validatorAddress: operator(name) });
    return BigInt(rewards.rewards[0]?.amount ?? "0");
  };

  test("has representatives that make no blocks, and are rewarded by their stake", async () => {
    const before = await powers("democ");
    expect(before).toEqual(await powers("provider"));
    await send("alice", register("alice", 100n * UNIT, 7));
    await send("bob", register("bob", 40n * UNIT, 8));
    await send(
      "carol",
      message("/cosmos.staking.v1beta1.MsgDelegate", {
        delegatorAddress: account("carol"),
        validatorAddress: operator("alice"),
        amount: stake(20n * UNIT),
      }),
    );
    await net.blocks(3);
    expect(await powers("democ")).toEqual(before);
    const [alice, bob] = [await rewardsOf("alice"), await rewardsOf("bob")];
    await net.blocks(1);
    const [moreAlice, moreBob] = [(await rewardsOf("alice")) - alice, (await rewardsOf("bob")) - bob];
    expect(moreBob).toBeGreaterThan(0n);
    // three times the stake, within what truncation takes
    expect(moreAlice - 3n * moreBob).toBeLessThan(10n ** 18n);
    const { validators } = await democ.client.query.staking.Validators({
      status: "",
      pagination: { key: new Uint8Array(), offset: 0n, limit: 10n, countTotal: false, reverse: false },
    });
    expect(validators.map(({ tokens }) => tokens).sort()).toEqual(["120000000", "40000000"]);
  }, 60_000);

  test("still follows the provider's set", async () => {
    await net.stake.delegate("carol", "5000000stake", { wait: "applied" });
    expect(await powers("democ")).toEqual(await powers("provider"));
  }, 60_000);

  test("is governed by its own holders: they let it send transfers", async () => {
    const authority = codecs.account.encode(moduleAddress("gov"));
    await send(
      "alice",
      message("/cosmos.gov.v1.MsgSubmitProposal", {
        messages: [
          encodeAny("/ibc.applications.transfer.v1.MsgUpdateParams", {
            signer: authority,
            params: { sendEnabled: true, receiveEnabled: true },
          }),
        ],
        initialDeposit: [stake(10n * UNIT)],
        proposer: account("alice"),
        title: "Enable IBC send",
        summary: "it is off at genesis",
      }),
    );
    const vote = (name: string, option: number) =>
      send(
        name,
        message("/cosmos.gov.v1.MsgVote", { proposalId: 1n, voter: account(name), option, metadata: "" }),
      );
    await vote("alice", 1);
    await vote("bob", 3);
    // what is no representative's and has no stake here does not count
    await vote("owner", 4);
    const gov = new GovQuery(createProtobufRpcClient(democ.client.query));
    await net.blocks(10);
    const { proposal } = await gov.Proposal({ proposalId: 1n });
    expect(ProposalStatus[proposal!.status]).toBe("PROPOSAL_STATUS_PASSED");
    expect((await democ.client.query.ibcTransfer.Params({})).params?.sendEnabled).toBe(true);
  }, 60_000);

  test("refuses messages of slashing and evidence, and of governance by anybody else", async () => {
    const refused = (name: string, ...messages: ReturnType<typeof message>[]) =>
      send(name, ...messages).then(
        () => "was taken",
        (error: Error) => error.message,
      );
    expect(
      await refused(
        "alice",
        message("/cosmos.slashing.v1beta1.MsgUnjail", { validatorAddr: operator("alice") }),
      ),
    ).toContain("unsupported modules");
    const own = message("/ibc.applications.transfer.v1.MsgUpdateParams", {
      signer: account("alice"),
      params: { sendEnabled: false, receiveEnabled: false },
    });
    expect(await refused("alice", own)).toContain("expected");
  }, 60_000);
});

test("a democracy consumer is one again after a restart of the network", async () => {
  const home = mkdtempSync(join(tmpdir(), "tandem-democracy-"));
  let net = await Localnet.start({
    home,
    validators: 2,
    consumers: [{ name: "democ", application: "democracy" }],
  });
  try {
    const pool = async (): Promise<bigint> => {
      const { pool: coins } = await new DistributionQuery(
        createProtobufRpcClient(net.chain("democ").client.query),
      ).CommunityPool({});
      return BigInt(coins[0]?.amount ?? "0");
    };
    const before = await pool();
    await net.stop();
    net = await Localnet.start({ home });
    await net.blocks(3);
    // Nobody is bonded there: what is minted goes to the community.
    expect(await pool()).toBeGreaterThan(before);
  } finally {
    await net.stop();
    rmSync(home, { recursive: true, force: true });
  }
}, 60_000);
