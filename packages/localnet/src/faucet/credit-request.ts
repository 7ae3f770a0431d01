/** What a faucet is asked for, as `@cosmjs/faucet-client` asks: `{"address", "denom"}`. */
import { fromBech32 } from "@cosmjs/encoding";

/** A refusal with its HTTP status. The message is for whoever asked. */
export class FaucetRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "FaucetRefusal";
    this.status = status;
  }
}

/** A request that makes sense. */
export interface CreditRequest {
  /** As it was given. */
  readonly address: string;
  /** 20 bytes of a key's account, or 32 of a derived one. */
  readonly account: Uint8Array;
  readonly denom: string;
}

/** Lengths of accounts' addresses: of keys, and of ADR-028. */
const ADDRESS_LENGTHS: readonly number[] = [20, 32];
/** Longest address under any prefix that chains take. */
const MAX_ADDRESS_LENGTH = 200;

function accountOf(address: string, prefix: string): Uint8Array {
  if (address.length > MAX_ADDRESS_LENGTH) throw new FaucetRefusal(400, "the address is too long");
  let decoded: ReturnType<typeof fromBech32>;
  try {
    decoded = fromBech32(address);
  } catch (cause) {
    throw new FaucetRefusal(400, `"${address}" is no bech32 address`, { cause });
  }
  if (decoded.prefix !== prefix)
    throw new FaucetRefusal(400, `addresses of this chain begin with ${prefix}1, not ${decoded.prefix}1`);
  if (!ADDRESS_LENGTHS.includes(decoded.data.length))
    throw new FaucetRefusal(400, `"${address}" is no account: it has ${decoded.data.length} bytes`);
  return decoded.data;
}

/** Reads the body of a credit request for a chain with account prefix `prefix`. Throws {@link FaucetRefusal} 400. */
export function parseCreditRequest(body: string, prefix: string): CreditRequest {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new FaucetRefusal(400, "the body is no JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new FaucetRefusal(400, 'the body must be {"address": "…", "denom": "…"}');
  const { address, denom } = value as { address?: unknown; denom?: unknown };
  if (typeof address !== "string" || address === "")
    throw new FaucetRefusal(400, "address is missing, or is no text");
  if (typeof denom !== "string" || denom === "")
    throw new FaucetRefusal(400, "denom is missing, or is no text");
  return { address, account: accountOf(address, prefix), denom };
}
