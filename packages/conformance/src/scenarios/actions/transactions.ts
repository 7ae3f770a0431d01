/** How actions send: as a validator's account, and what comes of a refusal that a scenario expects. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { ClientError, type TxResult } from "@tandem-ics/client";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { stepFailed } from "../errors.ts";
import type { RunningChain, ScenarioNetwork } from "../network.ts";

/** Package of the provider module's messages. */
export const PROVIDER_TYPE = "/interchain_security.ccv.provider.v1";

/** Whether a refusal is expected, and what its text contains. */
export interface Expectation {
  readonly refused: boolean;
  readonly text: string;
}

/** Account address of a validator on a chain. */
export const accountOn = (net: ScenarioNetwork, { spec }: RunningChain, validator: string): string =>
  createAddressCodecs(spec.prefix).account.encode(net.cast.member(validator).account.address);

/** Operator address of a validator on a chain. */
export const operatorOn = (net: ScenarioNetwork, { spec }: RunningChain, validator: string): string =>
  createAddressCodecs(spec.prefix).validator.encode(net.cast.member(validator).account.address);

/** Consensus address on the provider of a validator. */
export const providerConsAddress = (net: ScenarioNetwork, validator: string): string =>
  createAddressCodecs(net.provider().spec.prefix).consensus.encode(
    net.cast.member(validator).consensus.address,
  );

/** Sends messages of a validator. Throws ClientError when the chain refuses them. */
export const send = (
  net: ScenarioNetwork,
  chain: RunningChain,
  validator: string,
  messages: readonly EncodeObject[],
): Promise<TxResult> => net.sender(chain, net.cast.member(validator).account).send(messages);

/** What a chain said when it refused a transaction; undefined for other failures. */
export const refusalOf = (error: unknown): string | undefined =>
  error instanceof ClientError && (error.code === "tx-rejected" || error.code === "tx-failed")
    ? error.message
    : undefined;

/** Sends messages that may have to be refused. Throws `step-failed` when it comes otherwise. */
export async function sendExpecting(
  net: ScenarioNetwork,
  chain: RunningChain,
  validator: string,
  messages: readonly EncodeObject[],
  { refused, text }: Expectation,
): Promise<TxResult | undefined> {
  let result: TxResult;
  try {
    result = await send(net, chain, validator, messages);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined || !refused) throw error;
    if (!refusal.includes(text))
      throw stepFailed(`expected a refusal with "${text}", found: ${refusal}`, error);
    return undefined;
  }
  if (refused)
    throw stepFailed(`expected a refusal${text === "" ? "" : ` with "${text}"`}, found that it was accepted`);
  return result;
}

/** Value of an attribute of the first event of that type that has it. Throws `step-failed`. */
export function eventValue({ events }: TxResult, type: string, key: string): string {
  for (const event of events)
    if (event.type === type) {
      const found = event.attributes.find((attribute) => attribute.key === key);
      if (found !== undefined) return found.value;
    }
  throw stepFailed(`no event ${type} tells ${key}`);
}
