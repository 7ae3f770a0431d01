/** Who pays the fees of whom (x/feegrant `keeper/keeper.go`). */
import {
  type Account,
  type AddressCodec,
  type AnteFeegrantKeeper,
  type Context,
  sdkErrors,
} from "@tandem-ics/runtime";
import { type Allowance, readAllowance } from "./allowance.ts";
import { type FeegrantState, queueEnd } from "./state.ts";

/** Rules over allowances. */
export interface FeegrantKeeper extends AnteFeegrantKeeper {
  /** Throws `sdk/38` when there is none. */
  getAllowance(ctx: Context, granter: Uint8Array, grantee: Uint8Array): Allowance;
  /** Throws `sdk/18` when there is one already or it is over, `sdk/4` when the grantee may not have an account. */
  grantAllowance(ctx: Context, granter: Uint8Array, grantee: Uint8Array, allowance: Allowance): void;
  /** Throws `sdk/38` when there is none. */
  revokeAllowance(ctx: Context, granter: Uint8Array, grantee: Uint8Array): void;
  /** Removes at most `limit` allowances that are over. */
  removeExpired(ctx: Context, limit: number): void;
}

/** What the module needs of x/auth. */
export interface FeegrantAuthKeeper {
  getAccount(ctx: Context, address: Uint8Array): Account | undefined;
  newAccount(ctx: Context, address: Uint8Array): Account;
  setAccount(ctx: Context, account: Account): void;
}

/** What the module needs of x/bank. */
export interface FeegrantBankKeeper {
  isBlocked(address: Uint8Array): boolean;
}

/** What the keeper is made of. */
export interface FeegrantKeeperOptions {
  readonly state: FeegrantState;
  readonly addresses: AddressCodec;
  readonly auth: FeegrantAuthKeeper;
  readonly bank: FeegrantBankKeeper;
}

/** Makes the keeper. */
export function createFeegrantKeeper({
  state,
  addresses,
  auth,
  bank,
}: FeegrantKeeperOptions): FeegrantKeeper {
  const { allowances, queue } = state;
  const grantOf = (ctx: Context, granter: Uint8Array, grantee: Uint8Array) => {
    const grant = allowances.get(ctx, [grantee, granter]);
    if (grant === undefined) throw sdkErrors.notFound("fee-grant not found");
    return grant;
  };
  const getAllowance = (ctx: Context, granter: Uint8Array, grantee: Uint8Array): Allowance =>
    readAllowance(grantOf(ctx, granter, grantee).allowance);
  const write = (ctx: Context, granter: Uint8Array, grantee: Uint8Array, allowance: Allowance): void =>
    allowances.set(ctx, [grantee, granter], {
      granter: addresses.encode(granter),
      grantee: addresses.encode(grantee),
      allowance: allowance.pack(),
    });
  const tell = (ctx: Context, type: string, granter: Uint8Array, grantee: Uint8Array): void =>
    ctx.emit(type, { granter: addresses.encode(granter), grantee: addresses.encode(grantee) });

  function ensureAccount(ctx: Context, address: Uint8Array): void {
    if (auth.getAccount(ctx, address) !== undefined) return;
    if (bank.isBlocked(address))
      throw sdkErrors.unauthorized(`${addresses.encode(address)} is not allowed to receive funds`);
    auth.setAccount(ctx, auth.newAccount(ctx, address));
  }

  function revokeAllowance(ctx: Context, granter: Uint8Array, grantee: Uint8Array): void {
    const { expiresNs } = getAllowance(ctx, granter, grantee);
    allowances.remove(ctx, [grantee, granter]);
    // The SDK takes the addresses the wrong way round here, so that the entry in the queue stays. State-breaking.
    if (expiresNs !== undefined) queue.remove(ctx, [expiresNs, granter, grantee]);
    tell(ctx, "revoke_feegrant", granter, grantee);
  }

  return {
    getAllowance,
    revokeAllowance,
    grantAllowance(ctx, granter, grantee, allowance) {
      if (allowances.get(ctx, [grantee, granter]) !== undefined)
        throw sdkErrors.invalidRequest("fee allowance already exists");
      ensureAccount(ctx, grantee);
      const { expiresNs } = allowance;
      if (expiresNs !== undefined && expiresNs < ctx.timeNs)
        throw sdkErrors.invalidRequest("expiration is before current block time");
      if (expiresNs !== undefined) queue.set(ctx, [expiresNs, grantee, granter], true);
      write(ctx, granter, grantee, allowance);
      tell(ctx, "set_feegrant", granter, grantee);
    },
    useGrantedFees(ctx, granter, grantee, fee, { messages }) {
      const allowance = getAllowance(ctx, granter, grantee);
      const types = messages.map(({ typeUrl }) => typeUrl);
      const { refusal, remove, left } = allowance.accept(ctx, fee, types);
      if (remove) revokeAllowance(ctx, granter, grantee);
      if (refusal !== undefined) throw refusal;
      tell(ctx, "use_feegrant", granter, grantee);
      if (remove) return;
      grantOf(ctx, granter, grantee); // the SDK reads it again before it writes: that is gas
      write(ctx, granter, grantee, left);
      tell(ctx, "update_feegrant", granter, grantee);
    },
    removeExpired(ctx, limit) {
      let count = 0;
      for (const [key] of queue.entries(ctx, { end: queueEnd(ctx.timeNs) })) {
        const [, grantee, granter] = key;
        queue.remove(ctx, key);
        allowances.remove(ctx, [grantee, granter]);
        count++;
        if (count === limit) return;
      }
    },
  };
}
