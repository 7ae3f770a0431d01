/** Opening an application: its modules under the base application, behind the ante chain that all applications share. */
import type { IbcModule } from "@tandem-ics/ibc";
import type { FeegrantKeeper } from "@tandem-ics/modules";
import {
  type AnteDecorator,
  type Application,
  type AppModule,
  type BaseAppOptions,
  createAnteHandler,
  createBaseApp,
  type ModuleOrder,
} from "@tandem-ics/runtime";
import { APP_VERSION, type AppBase, type AppOptions } from "./options.ts";

/** An application's modules, put together, and what its ante chain needs of them. */
export interface ComposedApp extends AppBase {
  readonly ibc: IbcModule;
  /** Where fees may be paid for others. */
  readonly feegrant?: FeegrantKeeper;
  /** On consumers: what the ante chain checks right after the extension options. */
  readonly consumer?: { readonly ante: readonly AnteDecorator[] };
  readonly modules: readonly AppModule[];
}

/** Opens an application at its last height. `order` names its modules in each phase; *state-breaking*. */
export function openApp(
  name: string,
  options: AppOptions,
  composed: ComposedApp,
  order: ModuleOrder,
): Application {
  const { addresses, auth, bank, consensus, consumer, feegrant, ibc, minGasPrices, modules, router } =
    composed;
  return createBaseApp({
    name,
    version: APP_VERSION,
    ...passedOn(options),
    modules,
    router,
    order,
    ante: createAnteHandler({
      auth: auth.keeper,
      bank: bank.keeper,
      addresses,
      ...(feegrant === undefined ? {} : { feegrant }),
      minGasPrices,
      insert: [
        ...(consumer?.ante ?? []).map((decorator) => ({ after: "ExtensionOptions" as const, decorator })),
        { after: "IncrementSequence", decorator: ibc.redundantRelay },
      ],
    }),
    consensusParams: consensus.keeper,
    addresses,
    minGasPrices,
  });
}

/** What an application hands to its base as it was given. */
function passedOn(
  options: AppOptions,
): Pick<BaseAppOptions, "backend" | "pruning" | "checkInvariants" | "chainId" | "snapshots" | "duringBlock"> {
  const { backend, pruning, checkInvariants, chainId, snapshots, duringBlock } = options;
  return {
    backend,
    ...(pruning === undefined ? {} : { pruning }),
    ...(checkInvariants === undefined ? {} : { checkInvariants }),
    ...(chainId === undefined ? {} : { chainId }),
    ...(snapshots === undefined ? {} : { snapshots }),
    ...(duringBlock === undefined ? {} : { duringBlock }),
  };
}
