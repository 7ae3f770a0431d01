/** For unit tests: the modules of a chain with stake, over stores in memory, and a hand that moves blocks on. */
import { be64, concatBytes, equalBytes, sha256, utf8 } from "@tandem-ics/crypto";
import {
  type AppModule,
  assert,
  atBlock,
  type BlockInfo,
  type Context,
  createAddressCodecs,
  createMessageRouter,
  createTestContext,
  Dec,
  type GenesisServices,
  type MessageRoute,
  moduleAddress,
} from "@tandem-ics/runtime";
import { MsgCreateValidator } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { BlockIDFlag } from "cosmjs-types/tendermint/types/validator";
import { createAuthModule } from "./auth/index.ts";
import { createBankModule } from "./bank/index.ts";
import { publicKeyToAny } from "./consensus-key.ts";
import { createDistributionModule } from "./distribution/index.ts";
import { createEvidenceModule } from "./evidence/index.ts";
import { createGovModule } from "./gov/index.ts";
import { createMintModule } from "./mint/index.ts";
import { createSlashingModule } from "./slashing/index.ts";
import type { StakingParams } from "./staking/index.ts";
import { createStakingModule } from "./staking/index.ts";

const NS_PER_SECOND = 1_000_000_000n;

/** What genesis offers where no transactions are in it. */
export const NO_TRANSACTIONS: GenesisServices = {
  deliverTx: () => assert(false, "genesis has no transactions here"),
};

/** A codec as cosmjs-types has it. */
interface MessageCodec<T> {
  readonly typeUrl: string;
  encode(message: T): { finish(): Uint8Array };
}

/** 20 bytes that no other name or number gives. */
export const testAddress = (kind: string, i: number): Uint8Array =>
  sha256(concatBytes(utf8(kind), be64(BigInt(i)))).slice(0, 20);

/** A consensus key of no known secret. */
export const testConsensusKey = (i: number): Uint8Array => sha256(concatBytes(utf8("key"), be64(BigInt(i))));

/** What the chain starts from. */
export interface StakeChainOptions {
  /** Tokens of the validators, by index; each is its operator's own. */
  readonly tokens?: readonly bigint[];
  readonly commissionRate?: Dec;
  readonly params?: Partial<StakingParams>;
  /** Tokens of each of the accounts `account(0)` and so on. */
  readonly balances?: readonly bigint[];
  /** Names of stores that a module of the test's needs besides. */
  readonly stores?: readonly string[];
  /** Names of module accounts that it needs; they may do nothing but hold. */
  readonly moduleAccounts?: readonly string[];
}

/** All modules of the chain, wired. */
function createModules(moduleAccounts: readonly string[]) {
  const addresses = createAddressCodecs("cosmos");
  const authority = addresses.account.encode(moduleAddress("gov"));
  const auth = createAuthModule({
    addresses,
    authority,
    permissions: {
      fee_collector: [],
      distribution: [],
      mint: ["minter"],
      bonded_tokens_pool: ["burner", "staking"],
      not_bonded_tokens_pool: ["burner", "staking"],
      gov: ["burner"],
      ...Object.fromEntries(moduleAccounts.map((name) => [name, []])),
    },
  });
  const blocked = [...auth.keeper.moduleAddresses().values()];
  const bank = createBankModule({ addresses, auth: auth.keeper, authority, blocked });
  const accounts = { addresses, auth: auth.keeper, bank: bank.keeper, authority };
  const staking = createStakingModule(accounts);
  const slashing = createSlashingModule({ addresses, staking: staking.keeper, authority });
  const distribution = createDistributionModule({ ...accounts, staking: staking.keeper });
  const mint = createMintModule({ ...accounts, staking: staking.keeper });
  const evidence = createEvidenceModule({ addresses, staking: staking.keeper, slashing: slashing.keeper });
  const router = createMessageRouter(addresses);
  const gov = createGovModule({
    ...accounts,
    staking: staking.keeper,
    distribution: distribution.keeper,
    router,
  });
  staking.keeper.setHooks(distribution.hooks, slashing.hooks);
  return { addresses, authority, auth, bank, staking, slashing, distribution, mint, evidence, gov, router };
}
type Modules = ReturnType<typeof createModules>;

/** In the order of genesis. */
const listModules = (made: Modules): AppModule[] =>
  [
    made.auth,
    made.bank,
    made.distribution,
    made.staking,
    made.slashing,
    made.gov,
    made.mint,
    made.evidence,
  ].map(({ module }) => module);

const account = (i: number): Uint8Array => testAddress("account", i);
const operator = (i: number): Uint8Array => testAddress("operator", i);

/** What accounts do. */
function createActs({ staking, bank, addresses, router }: Modules, modules: readonly AppModule[], rate: Dec) {
  const routes = new Map<string, MessageRoute>(
    modules.flatMap((module) => module.messages ?? []).map((route) => [route.typeUrl, route]),
  );
  router.bind(routes);
  /** New tokens from nowhere. */
  const fund = (ctx: Context, to: Uint8Array, amount: bigint): void => {
    const coins = [{ denom: staking.keeper.bondDenom(ctx), amount }];
    bank.keeper.mintCoins(ctx, "mint", coins);
    bank.keeper.sendFromModuleToAccount(ctx, "mint", to, coins);
  };
  /** Runs a message; a refused one changes nothing. */
  const send = <T>(ctx: Context, codec: MessageCodec<T>, message: T): Uint8Array => {
    const route = routes.get(codec.typeUrl)!;
    const branch = ctx.branch();
    const response = route.run(branch.ctx, codec.encode(message).finish());
    branch.commit();
    return response;
  };
  const createValidator = (ctx: Context, i: number, amount: bigint): void => {
    fund(ctx, operator(i), amount);
    send(ctx, MsgCreateValidator, {
      description: { moniker: `v${i}`, identity: "", website: "", securityContact: "", details: "" },
      commission: { rate: rate.toWire(), maxRate: Dec.ONE.toWire(), maxChangeRate: Dec.ONE.toWire() },
      minSelfDelegation: "1",
      delegatorAddress: "",
      validatorAddress: addresses.validator.encode(operator(i)),
      pubkey: publicKeyToAny({ ed25519: testConsensusKey(i) }),
      value: { denom: staking.keeper.bondDenom(ctx), amount: amount.toString() },
    });
  };
  return { fund, send, createValidator };
}

/** What blocks do. */
function createBlocks({ staking, slashing, distribution, mint, evidence }: Modules) {
  /** Votes of all validators of the last set; those of `absent` are missing. */
  const votes = (ctx: Context, absent: readonly Uint8Array[] = []): BlockInfo["lastCommit"] => ({
    round: 0,
    votes: staking.keeper.lastValidators(ctx).map((validator) => ({
      validator: {
        address: validator.consAddress,
        power: staking.keeper.lastValidatorPower(ctx, validator.operator),
      },
      blockIdFlag: absent.some((address) => equalBytes(address, validator.consAddress))
        ? BlockIDFlag.BLOCK_ID_FLAG_ABSENT
        : BlockIDFlag.BLOCK_ID_FLAG_COMMIT,
    })),
  });
  /** Begins the next block, `seconds` later, and runs what begins a block. */
  const beginBlock = (ctx: Context, changes: Partial<BlockInfo> & { seconds?: bigint } = {}): Context => {
    const { seconds = 5n, ...block } = changes;
    const next = atBlock(ctx.with({ mode: "finalize" }), {
      height: ctx.height + 1n,
      timeNs: ctx.timeNs + seconds * NS_PER_SECOND,
      lastCommit: votes(ctx),
      misbehavior: [],
      ...block,
    });
    for (const { module } of [mint, distribution, slashing, evidence, staking]) module.beginBlock?.(next);
    return next;
  };
  const endBlock = (ctx: Context): readonly ValidatorUpdate[] => staking.module.endBlock!(ctx)!;
  return { votes, beginBlock, endBlock };
}

/** Makes the chain at height 1 with the validators bonded. */
export function createStakeChain(options: StakeChainOptions = {}) {
  const { tokens = [], balances = [], commissionRate = Dec.withPlaces(1n, 1) } = options;
  const { stores = [], moduleAccounts = [] } = options;
  const made = createModules(moduleAccounts);
  const modules = listModules(made);
  const { addresses, staking } = made;
  const acts = createActs(made, modules, commissionRate);
  const blocks = createBlocks(made);
  const names = [...modules.flatMap((module) => Object.keys(module.stores ?? {})), ...stores];
  const ctx = createTestContext({
    stores: Object.fromEntries(names.map((name) => [name, "iavl" as const])),
    height: 1n,
  });
  for (const module of modules) module.initGenesis?.(ctx, module.defaultGenesis?.() ?? {}, NO_TRANSACTIONS);
  staking.keeper.setParams(ctx, { ...staking.keeper.params(ctx), ...options.params });
  for (const [i, amount] of balances.entries()) acts.fund(ctx, account(i), amount);
  for (const [i, amount] of tokens.entries()) acts.createValidator(ctx, i, amount);
  blocks.endBlock(ctx);
  return {
    addresses,
    authority: made.authority,
    auth: made.auth.keeper,
    bank: made.bank.keeper,
    staking: staking.keeper,
    slashing: made.slashing.keeper,
    distribution: made.distribution.keeper,
    mint: made.mint.keeper,
    evidence: made.evidence.keeper,
    gov: made.gov.keeper,
    modules,
    ctx,
    account,
    operator,
    /** Text of the validator's operator address. */
    valoper: (i: number): string => addresses.validator.encode(operator(i)),
    /** Text of the account's address. */
    acc: (i: number): string => addresses.account.encode(account(i)),
    consAddr: (i: number): Uint8Array => sha256(testConsensusKey(i)).slice(0, 20),
    ...acts,
    ...blocks,
    /** What is broken, by name of the invariant. */
    brokenInvariants: (at: Context): string[] =>
      modules.flatMap((module) =>
        Object.entries(module.invariants ?? {}).flatMap(([name, check]) => {
          const broken = check(at);
          return broken === undefined ? [] : [`${module.name}/${name}: ${broken}`];
        }),
      ),
  };
}

/** The chain that {@link createStakeChain} makes. */
export type StakeChain = ReturnType<typeof createStakeChain>;
