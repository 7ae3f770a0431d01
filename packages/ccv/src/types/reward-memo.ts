/** The memo that says whose rewards a transfer carries (interchain-security `x/ccv/types/wire.go`). */

/** Fields of the memo's `provider` object. */
export interface RewardMemo {
  readonly consumerId: string;
  readonly chainId: string;
  readonly memo: string;
}

/** Memo of a consumer's reward transfer. */
export const createRewardMemo = (consumerId: string, chainId: string): string =>
  JSON.stringify({ provider: { consumerId, chainId, memo: "ICS rewards" } });

const FIELDS: Readonly<Record<string, keyof RewardMemo>> = {
  consumerid: "consumerId",
  chainid: "chainId",
  memo: "memo",
};

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/**
 * Reads a memo as Go does: JSON `null`, an object without `provider` and `"provider":null` all give empty fields;
 * `undefined` for everything that is no JSON object or whose `provider` does not fit.
 */
export function parseRewardMemo(memo: string): RewardMemo | undefined {
  const fields = { consumerId: "", chainId: "", memo: "" };
  let json: unknown;
  try {
    json = JSON.parse(memo);
  } catch {
    return undefined; // ordinary transfers have any text, or none
  }
  if (json === null) return fields;
  if (!isObject(json)) return undefined;
  const provider = Object.hasOwn(json, "provider") ? json["provider"] : null;
  if (provider === null) return fields;
  if (!isObject(provider)) return undefined;
  for (const [name, value] of Object.entries(provider)) {
    const field = FIELDS[name.toLowerCase()];
    if (field === undefined || value === null) continue;
    if (typeof value !== "string") return undefined;
    fields[field] = value;
  }
  return fields;
}
