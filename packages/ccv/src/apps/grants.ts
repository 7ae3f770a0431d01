/** Messages and fees for others: authz and feegrant, which plain chains and consumers have and providers have not. */
import { transferAuthorization } from "@tandem-ics/ibc";
import { createAuthzModule, createFeegrantModule, type FeegrantKeeper } from "@tandem-ics/modules";
import type { AppModule } from "@tandem-ics/runtime";
import type { AppBase } from "./options.ts";

/** The two modules; the keeper is for the ante chain. */
export interface GrantModules {
  readonly feegrant: FeegrantKeeper;
  readonly grantModules: readonly AppModule[];
}

/** Makes both modules. */
export function createGrantModules({ addresses, auth, bank, router }: AppBase): GrantModules {
  const parties = { addresses, auth: auth.keeper, bank: bank.keeper };
  const feegrant = createFeegrantModule(parties);
  const authz = createAuthzModule({ ...parties, router, kinds: [transferAuthorization] });
  return { feegrant: feegrant.keeper, grantModules: [feegrant.module, authz.module] };
}
