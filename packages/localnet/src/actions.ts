/** What people do to a network: stake, opt in and out, assign keys, remove consumers. Each is a transaction. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { TxResult } from "@tandem-ics/client";
import { MsgOptIn, MsgOptOut, MsgRemoveConsumer } from "@tandem-ics/proto";
import { createAddressCodecs, parseCoins } from "@tandem-ics/runtime";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { MsgBeginRedelegate, MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Chain } from "./chain.ts";
import { PROVIDER_TYPE } from "./consumer-messages.ts";
import { LocalnetError } from "./errors.ts";
import { assignKeyMessage, keyJson, newConsumerKey, OWNER, untilEpochEnd } from "./launch.ts";
import {
  accountsOn,
  consumerOf,
  providerOf,
  type RunningConsumer,
  senderOf,
  stakingChainOf,
  validatorOf,
  type World,
} from "./world.ts";

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
  /** Chains to which the change was carried, when that was waited for. */
  readonly carriedTo: readonly string[];
  /** Chains on which the change is in force, when that was waited for. */
  readonly appliedOn: readonly string[];
  /** Set when the change is too small to move voting power. */
  readonly note?: string;
}

/** Hash and height of a transaction, as reports have them. */
export const txInfo = ({ hash, height }: TxResult) => ({ hash, height: height.toString() });

const operatorOf = (world: World, name: string, chain?: string): string => {
  const on = stakingChainOf(world, chain);
  return createAddressCodecs(on.bech32Prefix).validator.encode(
    validatorOf(world, name, on.name).account.address,
  );
};

/** One amount of the bond denomination, such as `500000000stake`. */
function stakeAmount({ denom }: Chain, text: string) {
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
  { chain, wait }: StakeOptions,
): Promise<StakeResult> {
  const after = await tokensOf(world, validator, chain);
  const power = after / POWER_REDUCTION;
  const base = { ...txInfo(result), validator, power: power.toString() };
  if (power === before / POWER_REDUCTION)
    return {
      ...base,
      carriedTo: [],
      appliedOn: [],
      note: `no voting power moved: ${POWER_REDUCTION} base units are one unit of power`,
    };
  return { ...base, ...(await arrival(world, wait)) };
}

/** {@link waitFor}, as reports have it. */
export async function arrival(world: World, wait: WaitFor | undefined) {
  const carriedTo = await waitFor(world, wait);
  return { carriedTo, appliedOn: wait === "applied" ? carriedTo : [] };
}

async function tokensOf(world: World, name: string, chain?: string): Promise<bigint> {
  const { validator } = await stakingChainOf(world, chain).client.query.staking.Validator({
    validatorAddr: operatorOf(world, name, chain),
  });
  return BigInt(validator?.tokens ?? "0");
}

/** Refuses to wait for what cannot come: while the relayer is stopped nothing is carried. */
export function checkWait(world: World, wait: WaitFor = "committed"): void {
  if (wait === "committed" || world.manualClock !== undefined) return;
  const stopped = [...world.consumers.values()].filter(({ relayer }) => !relayer.status.running);
  if (stopped.length > 0)
    throw new LocalnetError("not-running", "the relayer is stopped: nothing would be carried", {
      hint: "tandem relay start, or leave --wait out and use tandem relay once",
    });
}

/** Waits until the changes made so far are carried to, or in force on, every consumer. Returns their names. */
export async function waitFor(world: World, wait: WaitFor = "committed"): Promise<string[]> {
  if (wait === "committed" || world.topology.provider === undefined) return [];
  await untilEpochEnd(world);
  const consumers = [...world.consumers.values()];
  const arrive = async ({ relayer, chain }: RunningConsumer): Promise<string> => {
    await relayer.drain();
    if (wait === "applied") await untilInForce(chain);
    return chain.name;
  };
  if (world.manualClock === undefined) return Promise.all(consumers.map(arrive));
  // One after the other: the same seed gives the same blocks.
  const names: string[] = [];
  for (const consumer of consumers) names.push(await arrive(consumer));
  return names;
}

/** Two blocks more: a validator update of block h is in force at h + 2, and its state has a header that proves it. */
export async function untilInForce({ client }: Chain): Promise<void> {
  const { height } = await client.status();
  for (let at = height; at < height + 2n; ) at = await client.pace.after(at);
}

/** Options of a change of stake. */
export interface StakeOptions {
  /** Who pays; the owner account by default, and without a provider the first one whose key is there. */
  readonly from?: string;
  /** Where the stake is; the provider by default, and without one the first chain. */
  readonly chain?: string;
  readonly wait?: WaitFor;
}

/** Who pays when nobody is named. */
function payerOn(world: World, chain: Chain): string {
  if (chain.role !== "plain") return OWNER;
  for (const { name, key } of accountsOn(world, chain.name).values()) if (key !== undefined) return name;
  throw new LocalnetError("bad-request", `no account of ${chain.name} has its key here`);
}

/** Sends a staking message of `options.from` and tells what became of `validator`'s power. */
async function changeStake(
  world: World,
  validator: string,
  amount: string,
  options: StakeOptions,
  build: (delegatorAddress: string, amount: { denom: string; amount: string }) => EncodeObject,
): Promise<StakeResult> {
  checkWait(world, options.wait);
  const chain = stakingChainOf(world, options.chain);
  const coin = stakeAmount(chain, amount);
  const before = await tokensOf(world, validator, options.chain);
  const sender = senderOf(world, chain, options.from ?? payerOn(world, chain));
  const result = await sender.send([build(sender.address, coin)]);
  const { name } = validatorOf(world, validator, chain.name).spec;
  return afterStaking(world, result, name, before, options);
}

/** Delegates to a validator. */
export const delegate = (world: World, validator: string, amount: string, options: StakeOptions = {}) =>
  changeStake(world, validator, amount, options, (delegatorAddress, coin) => ({
    typeUrl: "/cosmos.staking.v1beta1.MsgDelegate",
    value: MsgDelegate.fromPartial({
      delegatorAddress,
      validatorAddress: operatorOf(world, validator, options.chain),
      amount: coin,
    }),
  }));

/** Undelegates from a validator; the tokens come back after the unbonding period. */
export const undelegate = (world: World, validator: string, amount: string, options: StakeOptions = {}) =>
  changeStake(world, validator, amount, options, (delegatorAddress, coin) => ({
    typeUrl: "/cosmos.staking.v1beta1.MsgUndelegate",
    value: MsgUndelegate.fromPartial({
      delegatorAddress,
      validatorAddress: operatorOf(world, validator, options.chain),
      amount: coin,
    }),
  }));

/** Moves a delegation to another validator at once. */
export const redelegate = (
  world: World,
  source: string,
  target: string,
  amount: string,
  options: StakeOptions = {},
) => {
  const validatorSrcAddress = operatorOf(world, source, options.chain);
  return changeStake(world, target, amount, options, (delegatorAddress, coin) => ({
    typeUrl: "/cosmos.staking.v1beta1.MsgBeginRedelegate",
    value: MsgBeginRedelegate.fromPartial({
      delegatorAddress,
      validatorSrcAddress,
      validatorDstAddress: operatorOf(world, target, options.chain),
      amount: coin,
    }),
  }));
};

/** Sends one message of a validator's operator account, on the provider by default. */
async function asValidator(
  world: World,
  name: string,
  build: (operator: string, signer: string) => EncodeObject,
  wait?: WaitFor,
  chainName?: string,
) {
  checkWait(world, wait);
  const chain = stakingChainOf(world, chainName);
  const sender = senderOf(world, chain, validatorOf(world, name, chain.name).account.name);
  const result = await sender.send([build(operatorOf(world, name, chainName), sender.address)]);
  return { ...txInfo(result), ...(await arrival(world, wait)) };
}

/** Options of what a validator does. */
export interface ValidatorOptions {
  readonly wait?: WaitFor;
}

/** Opts a validator in to a consumer; its node starts there. With `key`, it uses a new key of its own. */
export async function optIn(
  world: World,
  validator: string,
  consumer: string,
  options: ValidatorOptions & { key?: "new" } = {},
) {
  const { chain } = consumerOf(world, consumer);
  const { spec, consensus } = validatorOf(world, validator);
  checkWait(world, options.wait);
  const key = options.key === "new" ? newConsumerKey(world, chain.name, spec.name) : undefined;
  // Before the transaction: a validator that is in the set but signs nothing would be missing at once.
  chain.engine.addKey(spec.name, (key ?? consensus).seed);
  const build = (providerAddr: string, signer: string): EncodeObject => ({
    typeUrl: `${PROVIDER_TYPE}.MsgOptIn`,
    value: MsgOptIn.fromPartial({
      providerAddr,
      signer,
      consumerId: chain.consumerId ?? "",
      consumerKey: key === undefined ? "" : keyJson(key.pubKey),
    }),
  });
  return asValidator(world, spec.name, build, options.wait);
}

/** Opts a validator out; it leaves at the next epoch. */
export async function optOut(
  world: World,
  validator: string,
  consumer: string,
  options: ValidatorOptions = {},
) {
  const { chain } = consumerOf(world, consumer);
  const build = (providerAddr: string, signer: string): EncodeObject => ({
    typeUrl: `${PROVIDER_TYPE}.MsgOptOut`,
    value: MsgOptOut.fromPartial({ providerAddr, signer, consumerId: chain.consumerId ?? "" }),
  });
  return asValidator(world, validator, build, options.wait);
}

/** Assigns a new consensus key on a consumer. */
export async function assignKey(
  world: World,
  validator: string,
  consumer: string,
  options: ValidatorOptions = {},
) {
  const { chain } = consumerOf(world, consumer);
  const { name } = validatorOf(world, validator).spec;
  checkWait(world, options.wait);
  return asValidator(world, name, (_, signer) => assignKeyMessage(world, chain, name, signer), options.wait);
}

/** Options of {@link unjail}. */
export interface UnjailOptions extends ValidatorOptions {
  /** Where it is jailed; the provider by default, and without one the first chain. */
  readonly chain?: string;
}

/** Unjails a validator whose jail time is over. */
export const unjail = async (world: World, validator: string, options: UnjailOptions = {}) =>
  asValidator(
    world,
    validator,
    (validatorAddr) => ({
      typeUrl: "/cosmos.slashing.v1beta1.MsgUnjail",
      value: MsgUnjail.fromPartial({ validatorAddr }),
    }),
    options.wait,
    options.chain,
  );

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
