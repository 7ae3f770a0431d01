/** What people do to a network: stake, opt in, create and remove consumers, submit evidence. Each is a transaction. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import {
  ClientError,
  checkDoubleVoting,
  doubleVotingMessage,
  type EvidenceReport,
  formatEvidenceFile,
  infractionHeader,
  parseEvidenceFile,
  parseHeaderFile,
  type TxResult,
} from "@tandem-ics/client";
import { toHexUpper } from "@tandem-ics/crypto";
import { MsgOptIn, MsgOptOut, MsgRemoveConsumer } from "@tandem-ics/proto";
import { createAddressCodecs, parseCoins } from "@tandem-ics/runtime";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { MsgBeginRedelegate, MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import { LocalnetError } from "./errors.ts";
import { consensusKeyOfSeed } from "./keys.ts";
import {
  applyFirstChange,
  assignKeyMessage,
  connectConsumer,
  newConsumerKey,
  OWNER,
  optInAll,
  registerConsumer,
  spawnConsumer,
  startConsumer,
  untilEpochEnd,
} from "./launch.ts";
import { createTopology, type TopologyInput } from "./topology.ts";
import { chainOf, consumerOf, providerOf, senderOf, validatorOf, type World } from "./world.ts";

const PROVIDER_TYPE = "/interchain_security.ccv.provider.v1";
const POWER_REDUCTION = 1_000_000n;

/** How far a command waits: in a block, carried to every consumer, or in force there. */
export type WaitFor = "committed" | "relayed" | "applied";

/** What a change of stake did. */
export interface StakeResult {
  readonly hash: string;
  readonly height: string;
  readonly validator: string;
  /** Voting power on the provider after the transaction's block. */
  readonly power: string;
  /** Chains on which the change is in force, when that was waited for. */
  readonly appliedOn: readonly string[];
  /** Set when the change is too small to move voting power. */
  readonly note?: string;
}

const txInfo = ({ hash, height }: TxResult) => ({ hash, height: height.toString() });

const operatorOf = (world: World, name: string): string =>
  createAddressCodecs(providerOf(world).bech32Prefix).validator.encode(
    validatorOf(world, name).account.address,
  );

/** One amount of the bond denomination, such as `500000000stake`. */
function stakeAmount(world: World, text: string) {
  const { denom } = providerOf(world);
  const withDenom = /^\d+$/.test(text) ? `${text}${denom}` : text;
  let coins: ReturnType<typeof parseCoins>;
  try {
    coins = parseCoins(withDenom);
  } catch (cause) {
    throw new LocalnetError("bad-request", `"${text}" is no amount`, {
      hint: `write a number and a denomination: 5000000${denom}`,
      cause,
    });
  }
  if (coins.length !== 1 || coins[0]!.denom !== denom)
    throw new LocalnetError("bad-request", `"${text}" is not an amount of ${denom}`, {
      hint: `1000000${denom} is one unit of voting power`,
    });
  return { denom, amount: coins[0]!.amount.toString() };
}

async function afterStaking(
  world: World,
  result: TxResult,
  validator: string,
  before: bigint,
  wait: WaitFor,
): Promise<StakeResult> {
  const after = await tokensOf(world, validator);
  const power = after / POWER_REDUCTION;
  const base = { ...txInfo(result), validator, power: power.toString() };
  if (power === before / POWER_REDUCTION)
    return {
      ...base,
      appliedOn: [],
      note: `no voting power moved: ${POWER_REDUCTION} base units are one unit of power`,
    };
  return { ...base, appliedOn: await waitFor(world, wait) };
}

async function tokensOf(world: World, name: string): Promise<bigint> {
  const { validator } = await providerOf(world).client.query.staking.Validator({
    validatorAddr: operatorOf(world, name),
  });
  return BigInt(validator?.tokens ?? "0");
}

/** Waits until the changes made so far are carried to, or in force on, every consumer. Returns their names. */
export async function waitFor(world: World, wait: WaitFor): Promise<string[]> {
  if (wait === "committed") return [];
  await untilEpochEnd(world);
  const names: string[] = [];
  for (const { relayer, chain } of world.consumers.values()) {
    await relayer.drain();
    names.push(chain.name);
    if (wait === "relayed") continue;
    // A validator update of block h is in force at h + 2.
    const { height } = await chain.client.status();
    for (let at = height; at < height + 2n; ) at = await chain.client.pace.after(at);
  }
  return names;
}

/** Options of a change of stake. */
export interface StakeOptions {
  /** Who pays; the owner account by default. */
  readonly from?: string;
  readonly wait?: WaitFor;
}

/** Delegates to a validator. */
export async function delegate(
  world: World,
  validator: string,
  amount: string,
  options: StakeOptions = {},
): Promise<StakeResult> {
  const before = await tokensOf(world, validator);
  const sender = senderOf(world, providerOf(world), options.from ?? OWNER);
  const result = await sender.send([
    {
      typeUrl: "/cosmos.staking.v1beta1.MsgDelegate",
      value: MsgDelegate.fromPartial({
        delegatorAddress: sender.address,
        validatorAddress: operatorOf(world, validator),
        amount: stakeAmount(world, amount),
      }),
    },
  ]);
  return afterStaking(world, result, validator, before, options.wait ?? "committed");
}

/** Undelegates from a validator; the tokens come back after the unbonding period. */
export async function undelegate(
  world: World,
  validator: string,
  amount: string,
  options: StakeOptions = {},
): Promise<StakeResult> {
  const before = await tokensOf(world, validator);
  const sender = senderOf(world, providerOf(world), options.from ?? OWNER);
  const result = await sender.send([
    {
      typeUrl: "/cosmos.staking.v1beta1.MsgUndelegate",
      value: MsgUndelegate.fromPartial({
        delegatorAddress: sender.address,
        validatorAddress: operatorOf(world, validator),
        amount: stakeAmount(world, amount),
      }),
    },
  ]);
  return afterStaking(world, result, validator, before, options.wait ?? "committed");
}

/** Moves a delegation to another validator at once. */
export async function redelegate(
  world: World,
  source: string,
  target: string,
  amount: string,
  options: StakeOptions = {},
): Promise<StakeResult> {
  const before = await tokensOf(world, target);
  const sender = senderOf(world, providerOf(world), options.from ?? OWNER);
  const result = await sender.send([
    {
      typeUrl: "/cosmos.staking.v1beta1.MsgBeginRedelegate",
      value: MsgBeginRedelegate.fromPartial({
        delegatorAddress: sender.address,
        validatorSrcAddress: operatorOf(world, source),
        validatorDstAddress: operatorOf(world, target),
        amount: stakeAmount(world, amount),
      }),
    },
  ]);
  return afterStaking(world, result, target, before, options.wait ?? "committed");
}

/** Sends one message of a validator's operator account on the provider. */
async function asValidator(
  world: World,
  name: string,
  build: (operator: string, signer: string) => EncodeObject,
) {
  const sender = senderOf(world, providerOf(world), validatorOf(world, name).spec.name);
  return txInfo(await sender.send([build(operatorOf(world, name), sender.address)]));
}

const keyJson = (pubKey: Uint8Array): string =>
  `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${Buffer.from(pubKey).toString("base64")}"}`;

/** Opts a validator in to a consumer; its node starts there. With `key`, it uses a new key of its own. */
export async function optIn(
  world: World,
  validator: string,
  consumer: string,
  options: { key?: "new" } = {},
) {
  const { chain } = consumerOf(world, consumer);
  const own = validatorOf(world, validator).consensus;
  const key = options.key === "new" ? newConsumerKey(world, chain.name, validator) : undefined;
  const result = await asValidator(world, validator, (providerAddr, signer) => ({
    typeUrl: `${PROVIDER_TYPE}.MsgOptIn`,
    value: MsgOptIn.fromPartial({
      providerAddr,
      signer,
      consumerId: chain.consumerId ?? "",
      consumerKey: key === undefined ? "" : keyJson(key.pubKey),
    }),
  }));
  chain.node.addKey((key ?? own).seed);
  return result;
}

/** Opts a validator out; it leaves at the next epoch. */
export async function optOut(world: World, validator: string, consumer: string) {
  const { chain } = consumerOf(world, consumer);
  return asValidator(world, validator, (providerAddr, signer) => ({
    typeUrl: `${PROVIDER_TYPE}.MsgOptOut`,
    value: MsgOptOut.fromPartial({ providerAddr, signer, consumerId: chain.consumerId ?? "" }),
  }));
}

/** Assigns a new consensus key on a consumer. */
export async function assignKey(world: World, validator: string, consumer: string) {
  const { chain } = consumerOf(world, consumer);
  return asValidator(world, validator, (_, signer) => assignKeyMessage(world, chain, validator, signer));
}

/** Unjails a validator whose jail time is over. */
export const unjail = (world: World, validator: string) =>
  asValidator(world, validator, (validatorAddr) => ({
    typeUrl: "/cosmos.slashing.v1beta1.MsgUnjail",
    value: MsgUnjail.fromPartial({ validatorAddr }),
  }));

/** Creates, launches and connects a consumer beside the running ones. */
export async function createConsumer(
  world: World,
  input: NonNullable<Extract<TopologyInput["consumers"], unknown[]>>[number],
) {
  if (world.chains.has(input.name))
    throw new LocalnetError("bad-request", `there is a chain "${input.name}" already`);
  const { topology } = world;
  const [spec] = createTopology({
    validators: topology.validators.map(({ name, stake, commission, jailed }) => ({
      name,
      stake: stake.toString(),
      commission,
      jailed,
    })),
    consumers: [input],
  }).consumers;
  const consumerId = await registerConsumer(world, spec!);
  world.progress(`${spec!.name}: opting validators in`);
  await optInAll(world, spec!, consumerId);
  await spawnConsumer(world, spec!, consumerId);
  const chain = await startConsumer(world, spec!, consumerId);
  if (world.manualClock === undefined) chain.node.resume();
  const running = await connectConsumer(world, spec!, chain);
  await applyFirstChange(world, [running]);
  return { name: spec!.name, consumerId, chainId: chain.chainId };
}

/** Removes a consumer: it gets no more packets, and is deleted after the unbonding period. */
export async function removeConsumer(world: World, name: string) {
  const { chain } = consumerOf(world, name);
  const sender = senderOf(world, providerOf(world), OWNER);
  return txInfo(
    await sender.send([
      {
        typeUrl: `${PROVIDER_TYPE}.MsgRemoveConsumer`,
        value: MsgRemoveConsumer.fromPartial({ consumerId: chain.consumerId ?? "", owner: sender.address }),
      },
    ]),
  );
}

/** Stops a validator's node on one chain or on all. */
export function faultDown(world: World, validator: string, chain?: string, down = true): string[] {
  const seeds = [validatorOf(world, validator).consensus.seed];
  const names: string[] = [];
  for (const target of chain === undefined ? world.chains.values() : [chainOf(world, chain)]) {
    const assigned = world.assignedKeys.get(target.name)?.get(validator) ?? [];
    for (const seed of [...seeds, ...assigned]) target.node.setDown(consensusKeyOfSeed(seed).address, down);
    names.push(target.name);
  }
  return names;
}

/** The key with which a validator signs on a chain now. */
export function signingKey(world: World, validator: string, chain: string) {
  const target = chainOf(world, chain);
  const seeds = [
    ...(world.assignedKeys.get(target.name)?.get(validator) ?? []),
    validatorOf(world, validator).consensus.seed,
  ];
  const inSet = new Set(target.node.state.validators.validators.map((v) => toHexUpper(v.address)));
  return seeds.map(consensusKeyOfSeed).find((key) => inSet.has(toHexUpper(key.address)));
}

/** Makes a validator sign two blocks at the chain's next height. Returns the evidence file once that has happened. */
export async function faultDoubleSign(world: World, validator: string, chain: string) {
  const target = chainOf(world, chain);
  const key = signingKey(world, validator, chain);
  if (key === undefined)
    throw new LocalnetError("bad-request", `${validator} is not in the validator set of ${target.name}`, {
      hint: "tandem validator list shows who is",
    });
  const known = target.node.equivocations().length;
  // On the provider and where the chain handles its own evidence the pool takes it; a consumer's evidence goes to the provider by message.
  target.node.doubleSign(key.address, { reportToPool: target.role === "provider" });
  const { height } = await target.client.status();
  await target.client.pace.after(height);
  const made = target.node.equivocations()[known];
  if (made === undefined)
    throw new LocalnetError("timed-out", `${validator} has not double-signed on ${target.name}`, {
      hint: "is the validator down?",
    });
  const header = await infractionHeader(target.client, made.height);
  return {
    validator,
    chain: target.name,
    height: made.height.toString(),
    evidence: formatEvidenceFile(made.evidence, header),
  };
}

/** Ends every fault. */
export function faultHeal(world: World): void {
  for (const chain of world.chains.values())
    for (const address of chain.node.keyAddresses())
      if (chain.node.isDown(address)) chain.node.setDown(address, false);
}

/** Faults in force: who is down where. */
export function faultList(world: World): { validator: string; chain: string; kind: "down" }[] {
  const faults: { validator: string; chain: string; kind: "down" }[] = [];
  for (const chain of world.chains.values())
    for (const validator of world.validators.keys()) {
      const key = signingKey(world, validator, chain.name);
      if (key !== undefined && chain.node.isDown(key.address))
        faults.push({ validator, chain: chain.name, kind: "down" });
    }
  return faults;
}

/** Evidence with the header that goes with it: from the file, from a second file, or from the consumer's RPC. */
async function readEvidence(world: World, consumer: string, file: string, headerFile: string | undefined) {
  const { chain } = consumerOf(world, consumer);
  const { evidence, header } = parseEvidenceFile(file);
  const own = headerFile === undefined ? header : parseHeaderFile(headerFile);
  const height = evidence.voteA?.height;
  if (own === undefined && height === undefined)
    throw new ClientError("bad-evidence", "the evidence has no votes");
  return { chain, evidence, header: own ?? (await infractionHeader(chain.client, height!)) };
}

/** What the provider would say to evidence, rule by rule. */
export async function checkEvidence(
  world: World,
  consumer: string,
  file: string,
  headerFile?: string,
): Promise<EvidenceReport> {
  const { chain, evidence, header } = await readEvidence(world, consumer, file, headerFile);
  return checkDoubleVoting({ chainId: chain.chainId, evidence, header });
}

/** Submits double-sign evidence to the provider. */
export async function submitDoubleSign(
  world: World,
  consumer: string,
  file: string,
  options: { from?: string; headerFile?: string; unchecked?: boolean; wait?: WaitFor } = {},
) {
  const { chain, evidence, header } = await readEvidence(world, consumer, file, options.headerFile);
  const report = checkDoubleVoting({ chainId: chain.chainId, evidence, header });
  if (!report.ok && !options.unchecked) throw new EvidenceRefused(report);
  const result = await submitEvidence(world, chain.consumerId ?? "", evidence, header, options.from ?? OWNER);
  const appliedOn = await waitFor(world, options.wait ?? "committed");
  return { ...result, report, appliedOn };
}

async function submitEvidence(
  world: World,
  consumerId: string,
  evidence: DuplicateVoteEvidence,
  header: ClientHeader,
  from: string,
) {
  const sender = senderOf(world, providerOf(world), from);
  return txInfo(await sender.send([doubleVotingMessage(sender.address, consumerId, evidence, header)]));
}

/** Evidence that fails the provider's rules; it was not sent. */
export class EvidenceRefused extends Error {
  readonly report: EvidenceReport;

  constructor(report: EvidenceReport) {
    const failed = report.checks
      .filter((c) => !c.ok)
      .map((c) => (c.detail ? `${c.rule}: ${c.detail}` : c.rule));
    super(`the evidence does not hold: ${failed.join("; ")}`);
    this.name = "EvidenceRefused";
    this.report = report;
  }
}
