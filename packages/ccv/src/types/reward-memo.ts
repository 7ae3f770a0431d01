/** The memo that says whose rewards a transfer carries (interchain-security `x/ccv/types/wire.go`). */

import { isJsonObject, type JsonValue, parseJson, stringifyJson } from "@tandem-ics/proto";
import { checkProto } from "./proto-refusal.ts";
import { refusalOf } from "./refusals.ts";

/** Fields of the memo's `provider` object. */
export interface RewardMemo {
  readonly consumerId: string;
  readonly chainId: string;
  readonly memo: string;
}

/** Memo of consumers that do not know their id; the provider tells them by the channel. */
export const LEGACY_REWARD_MEMO = "consumer chain rewards distribution";

/** Memo of a consumer's reward transfer, with the white space of Go's: the packet is committed to byte by byte. State-breaking. */
export const createRewardMemo = (consumerId: string, chainId: string): string =>
  `{\n\t\t\t"provider": ${stringifyJson({ consumerId, chainId, memo: "ICS rewards" })}\n\t\t}`;

const FIELDS: Readonly<Record<string, keyof RewardMemo>> = {
  consumerid: "consumerId",
  chainid: "chainId",
  memo: "memo",
};

/**
 * Reads a memo as Go does: JSON `null`, an object without `provider` and `"provider":null` all give empty fields;
 * `undefined` for everything that is no JSON object or whose `provider` does not fit.
 */
export function parseRewardMemo(memo: string): RewardMemo | undefined {
  const fields = { consumerId: "", chainId: "", memo: "" };
  let json: JsonValue | undefined;
  // Ordinary transfers have any text, or none.
  refusalOf(() => {
    json = checkProto("memo", () => parseJson(memo));
  });
  if (json === null) return fields;
  if (!isJsonObject(json)) return undefined;
  const provider = json["provider"] ?? null;
  if (provider === null) return fields;
  if (!isJsonObject(provider)) return undefined;
  for (const [name, value] of Object.entries(provider)) {
    const field = FIELDS[name.toLowerCase()];
    if (field === undefined || value === null) continue;
    if (typeof value !== "string") return undefined;
    fields[field] = value;
  }
  return fields;
}
