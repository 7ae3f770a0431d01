/** For unit tests: the modules of a chain with stake, over stores in memory, and a hand that moves blocks on. */
import { be64, concatBytes, sha256, utf8 } from "@tandem-ics/crypto";
import {
  type AppModule,
  atBlock,
  type BlockInfo,
  type Context,
  createAddressCodecs,
  createTestContext,
  Dec,
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
import { createMintModule } from "./mint/index.ts";
import { createSlashingModule } from "./slashing/index.ts";
import type { StakingParams } from "./staking/index.ts";
import { createStakingModule } from "./staking/index.ts";

const NS_PER_SECOND = 1_000_000_000n;

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
}

/** Makes the chain at height 1 with the validators bonded. */
export function createStakeChain(options: StakeChainOptions = {}) {
  const { tokens = [], balances = [], commissionRate = Dec.withPlaces(1n, 1) } = options;
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
  staking.keeper.setHooks(distribution.hooks, slashing.hooks);
  const modules = [auth, bank, distribution, staking, slashing, mint, evidence].map(({ module }) => module);
  const routes = new Map<string, MessageRoute>(
    modules.flatMap((module) => module.messages ?? []).map((route) => [route.typeUrl, route]),
  );
  const genesisCtx = createTestContext({ stores: modules, height: 1n, mode: "genesis" });
  for (const module of modules) module.initGenesis?.(genesisCtx, module.defaultGenesis?.() ?? {});
  staking.keeper.setParams(genesisCtx, { ...staking.keeper.params(genesisCtx), ...options.params });

  const fund = (ctx: Context, to: Uint8Array, amount: bigint): void => {
    const coins = [{ denom: staking.keeper.bondDenom(ctx), amount }];
    bank.keeper.mintCoins(ctx, "mint", coins);
    bank.keeper.sendFromModuleToAccount(ctx, "mint", to, coins);
  };
  const send = <T>(ctx: Context, codec: MessageCodec<T>, message: T): Uint8Array => {
    const route = routes.get(codec.typeUrl)!;
    const branch = ctx.branch();
    const response = route.run(branch.ctx, codec.encode(message).finish());
    branch.commit();
    return response;
  };
  const account = (i: number): Uint8Array => testAddress("account", i);
  const operator = (i: number): Uint8Array => testAddress("operator", i);
  const createValidator = (ctx: Context, i: number, amount: bigint): void => {
    fund(ctx, operator(i), amount);
    send(ctx, MsgCreateValidator, {
      description: { moniker: `v${i}`, identity: "", website: "", securityContact: "", details: "" },
      commission: {
        rate: commissionRate.toWire(),
        maxRate: Dec.ONE.toWire(),
        maxChangeRate: Dec.ONE.toWire(),
      },
      minSelfDelegation: "1",
      delegatorAddress: "",
      validatorAddress: addresses.validator.encode(operator(i)),
      pubkey: publicKeyToAny({ ed25519: testConsensusKey(i) }),
      value: { denom: staking.keeper.bondDenom(ctx), amount: amount.toString() },
    });
  };
  balances.forEach((amount, i) => fund(genesisCtx, account(i), amount));
  tokens.forEach((amount, i) => createValidator(genesisCtx, i, amount));
  staking.module.endBlock!(genesisCtx);

  /** Votes of all validators of the last set; those of `absent` are missing. */
  const votes = (ctx: Context, absent: readonly Uint8Array[] = []): BlockInfo["lastCommit"] => ({
    round: 0,
    votes: staking.keeper.lastValidators(ctx).map((validator) => ({
      validator: {
        address: validator.consAddress,
        power: staking.keeper.lastValidatorPower(ctx, validator.operator),
      },
      blockIdFlag: absent.some((address) => address.join() === validator.consAddress.join())
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
  /** What is broken, by name of the invariant. */
  const brokenInvariants = (ctx: Context): string[] =>
    modules.flatMap((module: AppModule) =>
      Object.entries(module.invariants ?? {}).flatMap(([name, check]) => {
        const broken = check(ctx);
        return broken === undefined ? [] : [`${module.name}/${name}: ${broken}`];
      }),
    );

  return {
    addresses,
    authority,
    auth: auth.keeper,
    bank: bank.keeper,
    staking: staking.keeper,
    slashing: slashing.keeper,
    distribution: distribution.keeper,
    mint: mint.keeper,
    evidence: evidence.keeper,
    modules,
    ctx: genesisCtx.with({ mode: "finalize" }),
    account,
    operator,
    /** Text of the validator's operator address. */
    valoper: (i: number): string => addresses.validator.encode(operator(i)),
    /** Text of the account's address. */
    acc: (i: number): string => addresses.account.encode(account(i)),
    consAddr: (i: number): Uint8Array => sha256(testConsensusKey(i)).slice(0, 20),
    fund,
    createValidator,
    send,
    votes,
    beginBlock,
    endBlock: (ctx: Context): readonly ValidatorUpdate[] => staking.module.endBlock!(ctx)!,
    brokenInvariants,
  };
}

/** The chain that {@link createStakeChain} makes. */
export type StakeChain = ReturnType<typeof createStakeChain>;
