/** Accounts as the state machine handles them (SDK x/auth, x/auth/vesting). */
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Coins } from "./coins.ts";

/** One release of a periodic vesting account. */
export interface VestingPeriod {
  /** Seconds after the release before it, or after the start. */
  readonly length: bigint;
  readonly amount: Coins;
}

/** Coins of an account that are released over time. */
export interface VestingSchedule {
  readonly kind: "continuous" | "delayed" | "periodic" | "permanent";
  readonly originalVesting: Coins;
  /** Free coins that are delegated now. */
  readonly delegatedFree: Coins;
  /** Locked coins that are delegated now. */
  readonly delegatedVesting: Coins;
  /** Unix seconds; 0 for `delayed` and `permanent`. */
  readonly startTime: bigint;
  /** Unix seconds; 0 for `permanent`. */
  readonly endTime: bigint;
  /** Releases of a `periodic` account, empty otherwise. */
  readonly periods: readonly VestingPeriod[];
}

/** An account. Values are never changed in place: write `{ ...account, sequence: n }`. */
export interface Account {
  /** Address bytes, 20 for key accounts, up to 255. */
  readonly address: Uint8Array;
  /** Public key, absent until the account's first transaction. */
  readonly pubKey: Any | undefined;
  readonly accountNumber: bigint;
  /** Sequence of its next transaction. */
  readonly sequence: bigint;
  /** Present in module accounts. */
  readonly module?: { readonly name: string; readonly permissions: readonly string[] };
  /** Present in vesting accounts. */
  readonly vesting?: VestingSchedule;
}
