/** A provider's state with something in all sections of its genesis: stakes that move, jail, consumers of several phases. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient, TxSender } from "@tandem-ics/client";
import { revisionOf } from "@tandem-ics/ibc/24-host";
import {
  MsgAssignConsumerKey,
  MsgCreateConsumer,
  MsgOptIn,
  MsgSetConsumerCommissionRate,
  MsgUpdateConsumer,
  nsToDuration,
  nsToTimestamp,
} from "@tandem-ics/proto";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import {
  MsgSetWithdrawAddress,
  MsgWithdrawDelegatorReward,
  MsgWithdrawValidatorCommission,
} from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { MsgBeginRedelegate, MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { STAKE } from "../harness/go-chain.ts";
import { pubKeyJsonOf } from "../harness/go-node.ts";
import { POWER_UNIT } from "./churn.ts";
import { createValidatorMessage } from "./go-validators.ts";
import { type Keys, keysOf } from "./keys.ts";
import { fixedGasSender } from "./our-provider.ts";

const PROVIDER_TYPE = "/interchain_security.ccv.provider.v1";
const SECOND_NS = 1_000_000_000n;
/** 2100-01-01. */
const FAR_NS = 4_102_444_800n * SECOND_NS;
const TENTH = "100000000000000000";

const coin = (units: bigint) => ({ denom: STAKE, amount: (units * POWER_UNIT).toString() });

/** Parameters of a consumer that is to be launched at `spawnTimeNs`. */
export const initialization = (chainId: string, spawnTimeNs: bigint) => ({
  initialHeight: { revisionNumber: revisionOf(chainId), revisionHeight: 1n },
  genesisHash: new Uint8Array([1, 2, 3]),
  binaryHash: new Uint8Array([4, 5]),
  spawnTime: nsToTimestamp(spawnTimeNs),
  unbondingPeriod: nsToDuration(3_240n * SECOND_NS),
  ccvTimeoutPeriod: nsToDuration(2_419_200n * SECOND_NS),
  transferTimeoutPeriod: nsToDuration(1_800n * SECOND_NS),
  consumerRedistributionFraction: "0.75",
  blocksPerDistributionTransmission: 1000n,
  historicalEntries: 10_000n,
  distributionTransmissionChannel: "",
  connectionId: "",
});

/** The message that brings a consumer's spawn time forward to a time that has come. */
export const spawnMessage = (
  owner: string,
  consumerId: string,
  chainId: string,
  nowNs: bigint,
): EncodeObject => ({
  typeUrl: `${PROVIDER_TYPE}.MsgUpdateConsumer`,
  value: MsgUpdateConsumer.fromPartial({
    owner,
    consumerId,
    initializationParameters: initialization(chainId, nowNs),
  }),
});

/** Opt-in of a validator with a consensus key for the consumer. */
export const optInMessage = (
  sender: TxSender,
  operator: string,
  consumerId: string,
  consumerKey: Uint8Array,
): EncodeObject => ({
  typeUrl: `${PROVIDER_TYPE}.MsgOptIn`,
  value: MsgOptIn.fromPartial({
    providerAddr: operator,
    consumerId,
    signer: sender.address,
    consumerKey: pubKeyJsonOf(consumerKey),
  }),
});

/** A transfer of `units` of voting power's worth. */
export const sendMessage = (from: Keys, to: Keys, units: bigint): EncodeObject =>
  message(MsgSend, { fromAddress: from.address, toAddress: to.address, amount: [coin(units)] });

/** Accounts that must have funds. */
export const richAccounts = {
  purse: keysOf("purse"),
  fresh: [keysOf("fresh 0"), keysOf("fresh 1"), keysOf("fresh 2")] as readonly Keys[],
  /** Makes a validator last of all: the others may be jailed by then. */
  late: keysOf("late"),
};

/** Consumers 0 (to be launched as `launched`), 1 (registered only) and 2 (waiting for its spawn time). */
export async function enrich(chain: ChainClient, signerOperator: string, launched: string): Promise<void> {
  const { purse, fresh } = richAccounts;
  const [first, second, third] = fresh as readonly [Keys, Keys, Keys];
  const payer = fixedGasSender(chain, purse);
  const senders = fresh.map((keys) => fixedGasSender(chain, keys));
  await Promise.all(
    fresh.map((keys, i) => senders[i]!.send([createValidatorMessage(keys, BigInt(20 + i) * POWER_UNIT)])),
  );
  const delegatorAddress = purse.address;
  const shaped = {
    topN: 0,
    validatorsPowerCap: 40,
    validatorSetCap: 5,
    allowlist: [],
    denylist: [],
    minStake: 1_000_000n,
    allowInactiveVals: true,
    prioritylist: [],
  };
  const metadata = (name: string) => ({ name, description: `consumer ${name}`, metadata: "{}" });
  const create = (fields: Partial<MsgCreateConsumer>): EncodeObject => ({
    typeUrl: `${PROVIDER_TYPE}.MsgCreateConsumer`,
    value: MsgCreateConsumer.fromPartial({ submitter: purse.address, ...fields }),
  });
  await payer.send([
    message(MsgDelegate, { delegatorAddress, validatorAddress: signerOperator, amount: coin(30n) }),
    message(MsgDelegate, { delegatorAddress, validatorAddress: first.operator, amount: coin(10n) }),
    message(MsgDelegate, { delegatorAddress, validatorAddress: second.operator, amount: coin(20n) }),
    message(MsgSetWithdrawAddress, { delegatorAddress, withdrawAddress: third.address }),
    sendMessage(purse, third, 3n),
    create({
      chainId: launched,
      metadata: metadata(launched),
      initializationParameters: initialization(launched, FAR_NS),
      powerShapingParameters: { ...shaped, validatorsPowerCap: 0, minStake: 0n },
    }),
    create({ chainId: "registered-1", metadata: metadata("registered"), powerShapingParameters: shaped }),
    create({
      chainId: "waiting-1",
      metadata: metadata("waiting"),
      initializationParameters: initialization("waiting-1", FAR_NS),
      powerShapingParameters: shaped,
    }),
  ]);
  await payer.send([
    message(MsgUndelegate, { delegatorAddress, validatorAddress: first.operator, amount: coin(4n) }),
    message(MsgBeginRedelegate, {
      delegatorAddress,
      validatorSrcAddress: second.operator,
      validatorDstAddress: third.operator,
      amount: coin(5n),
    }),
    message(MsgWithdrawDelegatorReward, { delegatorAddress, validatorAddress: signerOperator }),
  ]);
  await senders[0]!.send([
    optInMessage(senders[0]!, first.operator, "2", keysOf("fresh 0 on waiting").consensusKey),
    optInMessage(senders[0]!, first.operator, "1", keysOf("fresh 0 on registered").consensusKey),
    {
      typeUrl: `${PROVIDER_TYPE}.MsgSetConsumerCommissionRate`,
      value: MsgSetConsumerCommissionRate.fromPartial({
        providerAddr: first.operator,
        consumerId: "2",
        rate: TENTH,
        signer: first.address,
      }),
    },
    message(MsgWithdrawValidatorCommission, { validatorAddress: first.operator }),
  ]);
  await senders[1]!.send([
    {
      typeUrl: `${PROVIDER_TYPE}.MsgAssignConsumerKey`,
      value: MsgAssignConsumerKey.fromPartial({
        providerAddr: second.operator,
        consumerId: "2",
        consumerKey: pubKeyJsonOf(keysOf("fresh 1 on waiting").consensusKey),
        signer: second.address,
      }),
    },
  ]);
}

const message = <T>(
  codec: { typeUrl: string; fromPartial(value: never): T },
  value: object,
): EncodeObject => ({
  typeUrl: codec.typeUrl,
  value: codec.fromPartial(value as never),
});
