/** Whether a provider can still punish the validator behind a consumer key. */
import { toBech32 } from "@cosmjs/encoding";
import type { ChainClient } from "../chain-client.ts";
import { ClientError } from "../errors.ts";
import type { EvidenceCheck } from "./checks.ts";

/**
 * Whether the provider knows who signs with this key on the consumer, and has not tombstoned that validator already.
 * `address`: 20 bytes, of the consumer key; `prefix`: of the provider's accounts.
 */
export async function punishable(
  provider: ChainClient,
  consumerId: string,
  address: Uint8Array,
  prefix: string,
): Promise<EvidenceCheck> {
  const rule = "the provider can punish the validator";
  const consumerAddress = toBech32(`${prefix}valcons`, address);
  try {
    const { providerAddress } = await provider.query.provider.QueryValidatorProviderAddr({
      consumerId,
      consumerAddress,
    });
    // A key that was never assigned is the validator's own on the provider.
    const consAddress = providerAddress === "" ? consumerAddress : providerAddress;
    const { valSigningInfo } = await provider.query.slashing.SigningInfo({ consAddress });
    return valSigningInfo.tombstoned
      ? { rule, ok: false, detail: `${consAddress} is tombstoned already` }
      : { rule, ok: true, detail: consAddress };
  } catch (error) {
    if (error instanceof ClientError && error.code === "unreachable") throw error;
    return { rule, ok: false, detail: `no validator of ${provider.chainId} signs with ${consumerAddress}` };
  }
}
