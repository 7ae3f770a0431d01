/** x/auth/vesting: accounts whose coins are released over time. What they hold and may spend is x/auth's and x/bank's. */
import type { AddressCodecs, AppModule } from "@tandem-ics/runtime";
import { type VestingAuthKeeper, type VestingBankKeeper, vestingMessages } from "./messages.ts";

/** What x/auth/vesting is made of. */
export interface VestingOptions {
  readonly addresses: AddressCodecs;
  readonly auth: VestingAuthKeeper;
  readonly bank: VestingBankKeeper;
}

/** Makes the module: it has messages and no state of its own. */
export const createVestingModule = ({ addresses, auth, bank }: VestingOptions): { module: AppModule } => ({
  module: {
    name: "vesting",
    messages: vestingMessages({ addresses: addresses.account, auth, bank }),
    defaultGenesis: () => ({}),
    exportGenesis: () => ({}),
  },
});
