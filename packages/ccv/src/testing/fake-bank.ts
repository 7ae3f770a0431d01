/** For tests of this package: balances by account. */
import {
  addCoins,
  amountOf,
  type Coins,
  type Context,
  Dec,
  type DecCoins,
  formatDecCoins,
  moduleAddress,
  sdkErrors,
  subCoins,
} from "@tandem-ics/runtime";

const id = (address: Uint8Array): string => Buffer.from(address).toString("hex");

/** Bank, community pool and what validators were given. */
export function createFakeBank() {
  const balances = new Map<string, Coins>();
  const communityPool: Coins[] = [];
  const allocated: { moniker: string; tokens: string; commission: string | undefined }[] = [];
  const get = (address: Uint8Array): Coins => balances.get(id(address)) ?? [];
  function take(address: Uint8Array, coins: Coins): void {
    const left = subCoins(get(address), coins);
    if (left === undefined) throw sdkErrors.insufficientFunds();
    balances.set(id(address), left);
  }
  return {
    communityPool,
    allocated,
    /** Tax of the community pool. */
    tax: Dec.parse("0.02"),
    give: (module: string, coins: Coins) =>
      void balances.set(id(moduleAddress(module)), addCoins(get(moduleAddress(module)), coins)),
    balanceOf: (module: string): Coins => get(moduleAddress(module)),
    bank: {
      getAllBalances: (_: Context, address: Uint8Array) => get(address),
      getBalance: (_: Context, address: Uint8Array, denom: string) => amountOf(get(address), denom),
      sendFromModuleToModule(_: Context, from: string, to: string, coins: Coins): void {
        take(moduleAddress(from), coins);
        balances.set(id(moduleAddress(to)), addCoins(get(moduleAddress(to)), coins));
      },
    },
    distribution() {
      return {
        communityTax: () => this.tax,
        fundCommunityPool(_: Context, amount: Coins, sender: Uint8Array): void {
          take(sender, amount);
          communityPool.push(amount);
        },
        allocateTokensToValidator(
          _: Context,
          validator: { description: { moniker: string } },
          tokens: DecCoins,
          commission?: Dec,
        ): void {
          allocated.push({
            moniker: validator.description.moniker,
            tokens: formatDecCoins(tokens),
            commission: commission?.toString(),
          });
        },
      };
    },
  };
}

/** See {@link createFakeBank}. */
export type FakeBank = ReturnType<typeof createFakeBank>;
