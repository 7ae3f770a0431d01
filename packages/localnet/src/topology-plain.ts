/** The part of a topology that says what chains without CCV there are, and which of all chains ICS-20 joins. */
import { z } from "zod";
import { LocalnetError } from "./errors.ts";
import {
  type AccountSpec,
  account,
  amount,
  bech32Prefix,
  type ChainSettings,
  chainFields,
  chainId,
  denom,
  duration,
  name,
  positiveInt,
  rate,
} from "./topology-fields.ts";

const commission = z.union([
  rate,
  z.strictObject({ rate, maxRate: rate.default("1"), maxChangeRate: rate.default("1") }),
]);

const plainValidator = z.strictObject({
  name,
  moniker: z.string().max(70).optional().describe("shown on chain; the name by default"),
  operator: name
    .optional()
    .describe("its account; by default the one of the validator's name, which is made where there is none"),
  stake: amount.optional().describe("self-delegation in base units; 1000000 is one unit of voting power"),
  commission: commission.optional().describe("share of rewards kept, default 0.1; most, and most a day"),
  minSelfDelegation: amount.optional().describe("default 1"),
});

/** A chain without CCV, as files and tests write it. */
export const plainChain = z.strictObject({
  name,
  chainId: chainId.optional().describe("the name by default; instances of one genesis may share it"),
  bech32Prefix: bech32Prefix.default("cosmos"),
  blockTime: duration.optional().describe("the network's by default"),
  initialHeight: positiveInt.default(1),
  denoms: z
    .strictObject({
      stake: denom.default("stake").describe("bonded, minted, and deposited for proposals"),
      fee: denom.optional().describe("what fees are paid in; the same by default"),
    })
    .prefault({}),
  accounts: z.array(account).max(1000).default([]).describe("in the order of their account numbers"),
  validators: z
    .union([z.number().int().min(1).max(100), z.array(plainValidator).min(1).max(100)])
    .default(1)
    .describe("how many, or which: each comes with a genesis transaction that its operator signs"),
  ...chainFields,
});

/** A channel between two chains that the relayer opens and serves, as files and tests write it. */
export const path = z.strictObject({
  name: name.optional().describe("the chains' names by default"),
  chains: z.tuple([name, name]),
  port: z.string().min(2).max(128).default("transfer"),
  version: z.string().min(1).max(128).default("ics20-1"),
  ordering: z.enum(["ordered", "unordered"]).default("unordered"),
  relayer: name.default("relayer").describe("the account that pays on both chains; made where there is none"),
});

/** A validator of a plain chain with everything decided. */
export interface PlainValidatorSpec {
  readonly name: string;
  readonly moniker: string;
  readonly operator: string;
  readonly stake: bigint;
  readonly commission: string;
  readonly maxRate: string;
  readonly maxChangeRate: string;
  readonly minSelfDelegation: bigint;
  readonly jailed: false;
}

/** A chain without CCV with everything decided. */
export interface PlainChainSpec extends ChainSettings {
  readonly name: string;
  readonly chainId: string;
  readonly bech32Prefix: string;
  readonly blockTimeNs: bigint;
  /** Height of the first block. */
  readonly initialHeight: bigint;
  readonly stakeDenom: string;
  readonly feeDenom: string;
  /** In the order of account numbers; `count` is still to be spread out. */
  readonly accounts: readonly AccountSpec[];
  readonly validators: readonly PlainValidatorSpec[];
}

/** An ICS-20 channel between two chains, with everything decided. */
export interface PathSpec {
  readonly name: string;
  readonly chains: readonly [string, string];
  readonly port: string;
  readonly version: string;
  readonly ordering: "ordered" | "unordered";
  readonly relayer: string;
}

const DEFAULT_STAKE = 100_000_000n;
/** The account that pays for a plain chain's faucet when none is named. */
export const DEFAULT_FAUCET_ACCOUNT = "faucet";

/** Names of accounts that a list describes, those that `count` stands for included. */
export const namesOf = ({ name: base, count }: AccountSpec): string[] =>
  count === undefined ? [base] : Array.from({ length: count }, (_, i) => `${base}-${i}`);

function validatorsOf(
  validators: z.output<typeof plainChain>["validators"],
  numbered: (count: number) => readonly { name: string }[],
): PlainValidatorSpec[] {
  const list: readonly z.output<typeof plainValidator>[] =
    typeof validators === "number" ? numbered(validators) : validators;
  return list.map((v) => {
    const rates = typeof v.commission === "object" ? v.commission : undefined;
    return {
      name: v.name,
      moniker: v.moniker ?? v.name,
      operator: v.operator ?? v.name,
      stake: v.stake ?? DEFAULT_STAKE,
      commission: rates?.rate ?? (typeof v.commission === "string" ? v.commission : "0.1"),
      maxRate: rates?.maxRate ?? "1",
      maxChangeRate: rates?.maxChangeRate ?? "1",
      minSelfDelegation: v.minSelfDelegation ?? 1n,
      jailed: false,
    };
  });
}

/** Completes plain chains and the paths over them. Accounts that validators and paths need are added where they are missing. */
export function plainSpecs(
  chains: readonly z.output<typeof plainChain>[],
  paths: readonly z.output<typeof path>[],
  options: { blockTimeNs: bigint; numbered: (count: number) => readonly { name: string }[] },
): { chains: PlainChainSpec[]; paths: PathSpec[] } {
  const joined: PathSpec[] = paths.map((p) => ({
    name: p.name ?? p.chains.join("-"),
    chains: p.chains,
    port: p.port,
    version: p.version,
    ordering: p.ordering,
    relayer: p.relayer,
  }));
  const specs = chains.map(({ denoms, chainId: id, blockTime, initialHeight, ...c }): PlainChainSpec => {
    const validators = validatorsOf(c.validators, options.numbered);
    const known = new Set(c.accounts.flatMap(namesOf));
    const operators = [...new Set(validators.map((v) => v.operator))].filter((n) => !known.has(n));
    const relayers = joined.filter((p) => p.chains.includes(c.name)).map((p) => p.relayer);
    const giver = c.faucet !== undefined && c.faucet.account === undefined ? [DEFAULT_FAUCET_ACCOUNT] : [];
    const added = [...new Set([...relayers, ...giver])].filter(
      (n) => !known.has(n) && !operators.includes(n),
    );
    return {
      ...c,
      chainId: id ?? c.name,
      blockTimeNs: blockTime ?? options.blockTimeNs,
      initialHeight: BigInt(initialHeight),
      stakeDenom: denoms.stake,
      feeDenom: denoms.fee ?? denoms.stake,
      validators,
      accounts: [...operators.map((n) => ({ name: n })), ...c.accounts, ...added.map((n) => ({ name: n }))],
    };
  });
  return { chains: specs, paths: joined };
}

/** Refuses plain chains and paths that do not fit together. `others` are the provider and the consumers. */
export function checkPlain(
  chains: readonly PlainChainSpec[],
  paths: readonly PathSpec[],
  others: readonly { readonly name: string; readonly chainId: string }[],
  file: string,
): void {
  const fail = (message: string): never => {
    throw new LocalnetError("bad-topology", `${file}: ${message}`);
  };
  const ids = new Map(others.map((c) => [c.name, c.chainId]));
  for (const c of chains) {
    if (ids.has(c.name)) fail(`two chains have the name ${c.name}`);
    if (others.some((o) => o.chainId === c.chainId)) fail(`two chains have the id ${c.chainId}`);
    ids.set(c.name, c.chainId);
    const twice = firstTwice(c.accounts.flatMap(namesOf));
    if (twice !== undefined) fail(`chain ${c.name} has two accounts ${twice}`);
    const validator =
      firstTwice(c.validators.map((v) => v.name)) ?? firstTwice(c.validators.map((v) => v.operator));
    if (validator !== undefined) fail(`chain ${c.name} has two validators ${validator}`);
  }
  const pathName = firstTwice([...paths.map((p) => p.name), ...others.map((o) => o.name)]);
  if (pathName !== undefined) fail(`the name ${pathName} of a path is taken`);
  for (const { name: n, chains: ends } of paths) {
    for (const end of ends) if (!ids.has(end)) fail(`path ${n} names ${end}, which is no chain`);
    if (ids.get(ends[0]) === ids.get(ends[1])) fail(`path ${n} joins a chain to itself: ${ids.get(ends[0])}`);
  }
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((n, i) => names.indexOf(n) !== i);
}
