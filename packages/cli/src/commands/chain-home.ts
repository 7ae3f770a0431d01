/** A node's home as the `chain` commands use it: its lock, its application, and its errors as a shell sees them. */
import { resolve } from "node:path";
import {
  type AppOptions,
  CONSUMER_APPLICATION_NAMES,
  CONSUMER_APPLICATIONS,
  type ConsumerApplicationName,
  consumerApplicationOf,
  createProviderApp,
} from "@tandem-ics/ccv";
import { type GenesisDoc, isCometError } from "@tandem-ics/comet";
import { LocalnetError } from "@tandem-ics/localnet";
import { HaltError, NodeError } from "@tandem-ics/node";
import {
  type ChainKind,
  type GenesisForm,
  HomeError,
  type HomeErrorCode,
  homeLayout,
} from "@tandem-ics/node/home";
import { isJsonObject, parseJson } from "@tandem-ics/proto";
import { type Application, CodedError, type JsonObject } from "@tandem-ics/runtime";
import { diskFailure } from "../disk-failure.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { collectLessOften } from "../garbage.ts";
import { claimHome, readRunFile, releaseHome, watchHome } from "../network-door.ts";

const KINDS: readonly string[] = ["provider", "consumer"];
/** Section of `app_state` by which an application is known. */
const OWN_SECTION: Readonly<Record<ChainKind, string>> = { provider: "provider", consumer: "ccvconsumer" };

const HOME_ERRORS: Readonly<Record<HomeErrorCode, string>> = {
  missingFile: "not-found",
  badFile: "bad-input",
  badGenesis: "bad-input",
  fileExists: "unsafe",
  alreadySigned: "unsafe",
};

/** A failure of a node or its home as the command line shows it; others as they are. */
export function chainFailure(error: unknown): unknown {
  const ofDisk = error instanceof HomeError ? undefined : diskFailure(error);
  if (ofDisk !== undefined) return ofDisk;
  if (error instanceof HaltError && error.cause instanceof HomeError) return chainFailure(error.cause);
  if (error instanceof HomeError) {
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return new CliError({ code: HOME_ERRORS[error.code], message: error.message, ...hint }, { cause: error });
  }
  if (error instanceof HaltError)
    return new CliError(
      {
        code: "halted",
        message: error.message,
        hint: "the same block will fail again: the state that lies in the home is as it was before it",
      },
      { cause: error },
    );
  if (error instanceof NodeError && error.code === "listenFailed")
    return new CliError({ code: "port-taken", message: error.message }, { cause: error });
  if (error instanceof NodeError && error.code === "handshakeFailed")
    return new CliError(
      {
        code: "bad-state",
        message: error.message,
        hint: "genesis and data of the home must belong together; start and serve keep different records",
      },
      { cause: error },
    );
  return error;
}

/** Reads what a person wrote; what is wrong with it becomes a usage error. */
export function readFlag<T>(flag: string, text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const known = error instanceof CodedError || error instanceof LocalnetError || isCometError(error);
    const why = known || error instanceof Error ? `: ${(error as Error).message}` : "";
    throw usageError(`${flag} cannot be "${text}"${why}`);
  }
}

/** `provider` or `consumer`. */
export function kindOf(text: string): ChainKind {
  if (!KINDS.includes(text))
    throw usageError(`a chain is a provider or a consumer, not "${text}"`, "tandem chain VERB provider …");
  return text as ChainKind;
}

/** `sdk` or `cometbft`. */
export function formOf(text: string): GenesisForm {
  if (text === "sdk" || text === "cometbft") return text;
  throw usageError(`--form is sdk or cometbft, not "${text}"`);
}

/** The application that a consumer runs, as `--app` names it. */
export function applicationOf(text: string): ConsumerApplicationName {
  const found = CONSUMER_APPLICATION_NAMES.find((name) => name === text);
  if (found !== undefined) return found;
  throw usageError(`--app is ${CONSUMER_APPLICATION_NAMES.join(" or ")}, not "${text}"`);
}

function stateOf({ appState }: GenesisDoc): JsonObject | undefined {
  const state = appState === "" ? {} : parseJson(appState);
  return isJsonObject(state) ? state : undefined;
}

/** The kind of chain that a genesis is for; undefined when it is for neither. */
export function kindOfGenesis(genesis: GenesisDoc): ChainKind | undefined {
  const state = stateOf(genesis);
  if (state === undefined) return undefined;
  return (KINDS as ChainKind[]).find((kind) => Object.hasOwn(state, OWN_SECTION[kind]));
}

/** Refuses a genesis of another kind of chain. */
export function assertKind(kind: ChainKind, genesis: GenesisDoc): void {
  const found = kindOfGenesis(genesis);
  if (found === kind) return;
  throw new CliError({
    code: "bad-input",
    message: `the genesis of ${genesis.chainId} has no section "${OWN_SECTION[kind]}": it is no ${kind}'s`,
    ...(found === undefined ? {} : { hint: `it is a ${found}'s: tandem chain start ${found}` }),
  });
}

/** The application that a consumer's genesis is for. */
export const genesisApplication = (genesis: GenesisDoc): ConsumerApplicationName =>
  consumerApplicationOf(stateOf(genesis) ?? {});

/** Opens the application of a kind; `application` says which a consumer runs. */
export const openApp = (
  kind: ChainKind,
  application: ConsumerApplicationName,
  options: AppOptions,
): Application =>
  kind === "provider" ? createProviderApp(options) : CONSUMER_APPLICATIONS[application].create(options);

/** Paths of the home that a command names; a home is given, never found. */
export const layoutOf = (home: string) => homeLayout(resolve(home));

/** A run in a home that only one process has. */
export interface Tenancy {
  /** Resolves when the process is told to end or the home is gone; rejects with what {@link fail} was given. */
  readonly ended: Promise<void>;
  fail(error: unknown): void;
}

/** Refuses when something runs in the home. */
export function refuseRunning(home: string): void {
  const running = readRunFile(home);
  if (running === undefined) return;
  throw new CliError({
    code: "already-running",
    message: `process ${running.pid} runs in ${home}`,
    hint: `end it first: tandem down --home ${home}, or kill ${running.pid}`,
  });
}

/** Runs something that has the home to itself. Ends with it at SIGINT, SIGTERM and SIGHUP. */
export async function occupy(home: string, run: (tenancy: Tenancy) => Promise<void>): Promise<void> {
  refuseRunning(home);
  try {
    claimHome(home);
  } catch (error) {
    throw chainFailure(error);
  }
  collectLessOften();
  let stop: () => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    stop = resolve;
    fail = reject;
  });
  // Who runs may fail before anybody waits for the end.
  ended.catch(() => {});
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  // Once: a second signal ends the process at once.
  for (const signal of signals) process.once(signal, stop);
  const unwatch = watchHome(home, stop);
  try {
    await run({ ended, fail });
  } catch (error) {
    throw chainFailure(error);
  } finally {
    unwatch();
    for (const signal of signals) process.off(signal, stop);
    releaseHome(home, process.pid);
  }
}
