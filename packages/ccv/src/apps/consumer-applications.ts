/** What a consumer can be: the applications that a provider's set can secure, by name. */
import type { Application, JsonObject } from "@tandem-ics/runtime";
import { CONSUMER_APP_NAME, createConsumerApp, defaultConsumerGenesis } from "./consumer-app.ts";
import { createDemocracyApp, DEMOCRACY_APP_NAME, defaultDemocracyGenesis } from "./democracy-app.ts";
import type { StakingAppOptions } from "./options.ts";

/** An application to choose. */
export interface ConsumerApplication {
  /** As `info` reports it. */
  readonly appName: string;
  readonly create: (options: StakingAppOptions) => Application;
  /** `app_state` with nothing in it yet. */
  readonly defaultGenesis: (options?: { bech32Prefix?: string }) => JsonObject;
}

/** `consumer` is the bare one, `democracy` has representatives, governance and minting of its own. */
export const CONSUMER_APPLICATIONS = {
  consumer: {
    appName: CONSUMER_APP_NAME,
    create: createConsumerApp,
    defaultGenesis: defaultConsumerGenesis,
  },
  democracy: {
    appName: DEMOCRACY_APP_NAME,
    create: createDemocracyApp,
    defaultGenesis: defaultDemocracyGenesis,
  },
} as const satisfies Readonly<Record<string, ConsumerApplication>>;

/** Name of an application that a consumer can be. */
export type ConsumerApplicationName = keyof typeof CONSUMER_APPLICATIONS;

/** All names. */
export const CONSUMER_APPLICATION_NAMES = Object.keys(
  CONSUMER_APPLICATIONS,
) as readonly ConsumerApplicationName[];

/**
 * The application that a consumer's genesis is for: with a staking section it is a democracy's, since the bare one has
 * no such module.
 */
export const consumerApplicationOf = (appState: JsonObject): ConsumerApplicationName =>
  Object.hasOwn(appState, "staking") ? "democracy" : "consumer";
