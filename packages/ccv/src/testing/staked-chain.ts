/** For tests of applications: a chain with three validators, driven as an engine does. */
import { toBase64 } from "@tandem-ics/crypto";
import { nsToTimestamp, parseJson, stringifyJson } from "@tandem-ics/proto";
import {
  type Application,
  createAddressCodecs,
  createTestSigner,
  Dec,
  type JsonObject,
  moduleAddress,
  signTestTx,
} from "@tandem-ics/runtime";
import type { Any } from "cosmjs-types/google/protobuf/any";
import {
  RequestFinalizeBlock,
  RequestInitChain,
  type ResponseFinalizeBlock,
} from "cosmjs-types/tendermint/abci/types";
import { BlockIDFlag } from "cosmjs-types/tendermint/types/validator";
import { testKey } from "./fake-staking.ts";

/** Time of genesis. */
export const START_NS = 1_767_225_600_000_000_000n;
/** A second in nanoseconds. */
export const SECOND_NS = 1_000_000_000n;
/** Address forms of a provider. */
export const ADDRESSES = createAddressCodecs("cosmos");
/** The validators' operators, who have accounts 0, 1 and 2. */
export const OPERATORS = [1, 2, 3].map((n) => createTestSigner(`operator ${n}`));
const TOKENS = [10_000_000n, 8_000_000n, 5_000_000n];
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
/** As written to a file and read again. */
export const through = (json: JsonObject): JsonObject => parseJson(stringifyJson(json)) as JsonObject;

/** Genesis of a chain with three validators. */
export function staked(base: JsonObject): JsonObject {
  const section = (name: string): JsonObject => base[name] as JsonObject;
  const pocket = 1_000_000n;
  return {
    ...base,
    auth: {
      ...section("auth"),
      accounts: OPERATORS.map(({ address }) => ({
        "@type": "/cosmos.auth.v1beta1.BaseAccount",
        address: ADDRESSES.account.encode(address),
        pub_key: null,
        account_number: "0",
        sequence: "0",
      })),
    },
    bank: {
      ...section("bank"),
      balances: [
        ...OPERATORS.map(({ address }) => ({
          address: ADDRESSES.account.encode(address),
          coins: [{ denom: "stake", amount: pocket.toString() }],
        })),
        {
          address: ADDRESSES.account.encode(moduleAddress("not_bonded_tokens_pool")),
          coins: [{ denom: "stake", amount: sum(TOKENS).toString() }],
        },
      ],
      supply: [{ denom: "stake", amount: (sum(TOKENS) + 3n * pocket).toString() }],
    },
    staking: {
      ...section("staking"),
      validators: OPERATORS.map(({ address }, i) => ({
        operator_address: ADDRESSES.validator.encode(address),
        consensus_pubkey: { "@type": "/cosmos.crypto.ed25519.PubKey", key: toBase64(testKey(i + 1)) },
        jailed: false,
        status: "BOND_STATUS_UNBONDED",
        tokens: TOKENS[i]!.toString(),
        delegator_shares: Dec.fromInt(TOKENS[i]!).toString(),
        description: { moniker: `v${i + 1}`, identity: "", website: "", security_contact: "", details: "" },
        unbonding_height: "0",
        unbonding_time: "1970-01-01T00:00:00Z",
        commission: {
          commission_rates: {
            rate: "0.100000000000000000",
            max_rate: "1.000000000000000000",
            max_change_rate: "1.000000000000000000",
          },
          update_time: "1970-01-01T00:00:00Z",
        },
        min_self_delegation: "1",
        unbonding_on_hold_ref_count: "0",
        unbonding_ids: [],
      })),
      delegations: OPERATORS.map(({ address }, i) => ({
        delegator_address: ADDRESSES.account.encode(address),
        validator_address: ADDRESSES.validator.encode(address),
        shares: Dec.fromInt(TOKENS[i]!).toString(),
      })),
    },
  };
}

/** Drives an application as an engine does, without votes. */
export function drive(
  app: Application,
  chainId: string,
  state: JsonObject,
  initialHeight = 1n,
  startNs = START_NS,
) {
  const { validators } = app.initChain(
    RequestInitChain.fromPartial({
      chainId,
      time: nsToTimestamp(startNs),
      initialHeight,
      appStateBytes: Buffer.from(stringifyJson(state)),
    }),
  );
  return { app, validators, block: blocksOf(app, initialHeight) };
}

/** What is in a test's block beside what is in all of them. */
export interface BlockContent {
  readonly txs?: readonly Uint8Array[];
  /** Default: as many seconds after genesis as the height says. */
  readonly timeNs?: bigint;
  /** Who should have signed the block before, and whether they did. Default: nobody. */
  readonly votes?: readonly {
    readonly address: Uint8Array;
    readonly power: bigint;
    readonly signed: boolean;
  }[];
}

/** Executes a block; it is not committed. */
export const executeBlock = (
  app: Application,
  height: bigint,
  { txs = [], timeNs = START_NS + height * SECOND_NS, votes = [] }: BlockContent = {},
): ResponseFinalizeBlock =>
  app.finalizeBlock(
    RequestFinalizeBlock.fromPartial({
      txs: [...txs],
      height,
      time: nsToTimestamp(timeNs),
      decidedLastCommit: {
        round: 0,
        votes: votes.map(({ address, power, signed }) => ({
          validator: { address, power },
          blockIdFlag: signed ? BlockIDFlag.BLOCK_ID_FLAG_COMMIT : BlockIDFlag.BLOCK_ID_FLAG_ABSENT,
        })),
      },
      hash: new Uint8Array(32).fill(1),
      nextValidatorsHash: new Uint8Array(32).fill(2),
      proposerAddress: new Uint8Array(20).fill(3),
    }),
  );

/** Executes a block and commits it. */
export function makeBlock(
  app: Application,
  height: bigint,
  content: BlockContent = {},
): ResponseFinalizeBlock {
  const response = executeBlock(app, height, content);
  app.commit();
  return response;
}

/** Makes blocks on an application from `first` on, a second apart, each with the transactions given. */
export function blocksOf(app: Application, first: bigint) {
  let height = first;
  return (...txs: Uint8Array[]): ResponseFinalizeBlock => {
    const response = makeBlock(app, height, { txs });
    height += 1n;
    return response;
  };
}

/** Next sequence of each operator. */
export const sequences = new Map<number, bigint>();
/** A transaction of operator `n`, 1 … 3. */
export function signed(chainId: string, n: number, message: Any): Uint8Array {
  const sequence = sequences.get(n) ?? 0n;
  sequences.set(n, sequence + 1n);
  return signTestTx({
    chainId,
    messages: [message],
    signers: [{ signer: OPERATORS[n - 1]!, accountNumber: BigInt(n - 1), sequence }],
    gas: 2_000_000n,
  });
}
/** A message with its type. */
export const packed = <T>(
  { typeUrl, encode }: { typeUrl: string; encode(message: T): { finish(): Uint8Array } },
  message: T,
): Any => ({
  typeUrl,
  value: encode(message).finish(),
});
/** Account of operator `n`, 1 … 3. */
export const accountOf = (n: number): string => ADDRESSES.account.encode(OPERATORS[n - 1]!.address);
/** Operator address of validator `n`, 1 … 3. */
export const operatorOf = (n: number): string => ADDRESSES.validator.encode(OPERATORS[n - 1]!.address);
