/** Messages that the genesis tests send, by the names of accounts. */

import type { Localnet } from "@tandem-ics/localnet";
import { nsToTimestamp, registeredType } from "@tandem-ics/proto";
import { createAddressCodecs } from "@tandem-ics/runtime";

/** A second in nanoseconds. */
export const SECOND = 1_000_000_000n;
/** Package of the provider's messages. */
export const PROVIDER = "/interchain_security.ccv.provider.v1";
/** Addresses of a provider. */
export const cosmos = createAddressCodecs("cosmos");
/** Addresses of a consumer. */
export const onConsumers = createAddressCodecs("consumer");

/** Any message by type URL and the fields that matter. */
export const message = (typeUrl: string, fields: object) => ({
  typeUrl,
  value: registeredType(typeUrl).codec.fromPartial(fields as never),
});
/** What `send` takes. */
export type Message = ReturnType<typeof message>;
/** An amount of the stake. */
export const stake = (amount: bigint) => ({ denom: "stake", amount: amount.toString() });

/** Initialization parameters; without a spawn time nothing is launched. */
export const initialization = (spawnNs: bigint | undefined) => ({
  initialHeight: { revisionNumber: 1n, revisionHeight: 1n },
  ...(spawnNs === undefined ? {} : { spawnTime: nsToTimestamp(spawnNs) }),
  unbondingPeriod: { seconds: 100_000n, nanos: 0 },
  ccvTimeoutPeriod: { seconds: 200_000n, nanos: 0 },
  transferTimeoutPeriod: { seconds: 3_600n, nanos: 0 },
  consumerRedistributionFraction: "0.75",
  blocksPerDistributionTransmission: 1000n,
  historicalEntries: 100n,
});

/** Who sends what on a network. */
export function actorsOf(net: Localnet) {
  const addressOf = (name: string): Uint8Array =>
    cosmos.account.decode(net.accounts.find((account) => account.name === name)!.address);
  const account = (name: string): string => cosmos.account.encode(addressOf(name));
  const operator = (name: string): string => cosmos.validator.encode(addressOf(name));
  return {
    account,
    operator,
    /** Account and operator on consumers. */
    own: (name: string): string => onConsumers.account.encode(addressOf(name)),
    ownOperator: (name: string): string => onConsumers.validator.encode(addressOf(name)),
    send: (chain: string, name: string, ...messages: Message[]) => net.sender(chain, name).send(messages),
    create: (chainId: string, spawnNs: bigint | undefined) =>
      message(`${PROVIDER}.MsgCreateConsumer`, {
        submitter: account("owner"),
        chainId,
        metadata: { name: chainId, description: "d", metadata: "m" },
        initializationParameters: initialization(spawnNs),
        powerShapingParameters: { validatorsPowerCap: 40, allowlist: [], denylist: [], prioritylist: [] },
      }),
    optIn: (name: string, consumerId: string) =>
      message(`${PROVIDER}.MsgOptIn`, {
        providerAddr: operator(name),
        signer: account(name),
        consumerId,
        consumerKey: "",
      }),
    /** Punishes downtime on a consumer, from its unbonding time on. */
    punish: (consumerId: string, slashFraction: string) =>
      message(`${PROVIDER}.MsgUpdateConsumer`, {
        owner: account("owner"),
        consumerId,
        infractionParameters: {
          doubleSign: undefined,
          downtime: {
            slashFraction: new TextEncoder().encode(slashFraction),
            jailDuration: { seconds: 60n, nanos: 0 },
            tombstone: false,
          },
        },
      }),
  };
}
