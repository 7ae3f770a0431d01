/** Events of x/bank (SDK `x/bank/types/events.go`). */
import { type AddressCodec, type Coins, type Context, formatCoins } from "@tandem-ics/runtime";

/** What happened to coins, told in the names that wallets and indexers know. */
export interface BankEvents {
  coinSpent(ctx: Context, spender: Uint8Array, coins: Coins): void;
  coinReceived(ctx: Context, receiver: Uint8Array, coins: Coins): void;
  transfer(ctx: Context, sender: Uint8Array, recipient: Uint8Array, coins: Coins): void;
  sender(ctx: Context, sender: Uint8Array): void;
  coinbase(ctx: Context, minter: Uint8Array, coins: Coins): void;
  burn(ctx: Context, burner: Uint8Array, coins: Coins): void;
}

/** Events with addresses of one chain. */
export const createBankEvents = ({ encode }: AddressCodec): BankEvents => ({
  coinSpent: (ctx, spender, coins) =>
    ctx.emit("coin_spent", { spender: encode(spender), amount: formatCoins(coins) }),
  coinReceived: (ctx, receiver, coins) =>
    ctx.emit("coin_received", { receiver: encode(receiver), amount: formatCoins(coins) }),
  transfer: (ctx, sender, recipient, coins) =>
    ctx.emit("transfer", {
      recipient: encode(recipient),
      sender: encode(sender),
      amount: formatCoins(coins),
    }),
  sender: (ctx, sender) => ctx.emit("message", { sender: encode(sender) }),
  coinbase: (ctx, minter, coins) =>
    ctx.emit("coinbase", { minter: encode(minter), amount: formatCoins(coins) }),
  burn: (ctx, burner, coins) => ctx.emit("burn", { burner: encode(burner), amount: formatCoins(coins) }),
});
