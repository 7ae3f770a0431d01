/** The chain that a `tx` or `query` talks to: of the running network, or any chain by its URL. */
import { fromBech32, toBech32 } from "@cosmjs/encoding";
import type { ChainClient } from "@tandem-ics/client";
import { type AccountReport, type ChainReport, suggest } from "@tandem-ics/localnet";
import { CliError, usageError } from "../exit-codes.ts";
import { findKey, type KeyringFlags } from "../keyring-store.ts";
import { callNetwork, readRunFile } from "../network-door.ts";
import type { Settings } from "../settings.ts";
import {
  assertRole,
  connectUrl,
  type EndName,
  mnemonicFromEnv,
  noMnemonic,
  type SigningKey,
} from "./remote-chain.ts";
import { chainNamed } from "./tables.ts";

interface NetworkInfo {
  readonly chains: readonly ChainReport[];
  readonly accounts: readonly AccountReport[];
}

/** What is known of the running network. */
export const networkInfo = (settings: Settings): Promise<NetworkInfo> =>
  callNetwork<NetworkInfo>(settings.home, "network.info");

/** Flags that say which chain is meant. */
export interface Target {
  /** A chain of the network that runs. */
  readonly chain?: string;
  /** JSON-RPC of any chain, as the Go binaries call it. */
  readonly node?: string;
}

/** Whether the chain was given by its URL. */
export const isRemote = ({ providerUrl, consumerUrl }: Settings, { node }: Target = {}): boolean =>
  (node ?? providerUrl ?? consumerUrl) !== undefined;

/** Modules that only one kind of chain has; every other module may be on either. */
const ROLE_OF: Readonly<Record<string, "provider" | "consumer">> = {
  provider: "provider",
  ccvconsumer: "consumer",
};

/**
 * The chain that is meant: `--node`, or a chain of the network by name, or `--provider`/`--consumer`; else the first
 * chain of `role` in the network. With one URL given, that is the chain, unless `module` is on the other kind alone.
 */
async function targetOf(
  settings: Settings,
  { chain, node }: Target,
  role: "provider" | "consumer",
  module: string,
): Promise<{ url: string; end: "provider" | "consumer"; name?: string }> {
  const { providerUrl, consumerUrl } = settings;
  if (node !== undefined) return { url: node, end: role };
  const urls = { provider: providerUrl, consumer: consumerUrl };
  const other = role === "provider" ? "consumer" : "provider";
  const only = ROLE_OF[module] === undefined ? ([role, other] as const) : ([role] as const);
  if (chain === undefined || chain === "provider" || chain === "consumer")
    for (const end of chain === undefined ? only : ([chain] as const)) {
      const url = urls[end as "provider" | "consumer"];
      if (url !== undefined) return { url, end: end as "provider" | "consumer" };
    }
  if (isRemote(settings) && readRunFile(settings.home) === undefined)
    throw usageError(
      `${module} is of a ${role} chain: --${role} URL is missing`,
      "--node URL names any chain",
    );
  const { chains } = await networkInfo(settings);
  // Without a provider, what any chain has is asked of the first one.
  const usual = (): ChainReport | undefined =>
    chains.find((c) => c.role === role) ??
    (ROLE_OF[module] === undefined ? chains.find((c) => c.role === "plain") : undefined);
  const found = chain === undefined ? usual() : chainNamed(chains, chain);
  if (found?.rpc === undefined)
    throw new CliError({
      code: "unknown-name",
      message: found === undefined ? `the network has no ${role}` : `${found.name} has no JSON-RPC door`,
      hint: `there are: ${chains.map((c) => c.name).join(", ")}`,
    });
  return { url: found.rpc, end: found.role === "consumer" ? "consumer" : "provider", name: found.name };
}

/** What a name stands for where a Go binary takes an address or an id. */
export type NameKind = "account" | "operator" | "consensus" | "consumerId";

/**
 * Replaces a name of the running network by the address or id that it stands for on the chain with account prefix
 * `prefix`. Everything else is left as it is: the chain judges it.
 */
export async function resolveName(
  settings: Settings,
  kind: NameKind,
  text: string,
  prefix: string,
  chainName?: string,
): Promise<string> {
  // What names look like; addresses have a 1 and 38 characters after it, consumer ids are digits.
  if (!/^[a-z][a-z0-9-]*$/.test(text) || /1[a-z0-9]{38}/.test(text)) return text;
  if (isRemote(settings)) return text;
  const { chains, accounts } = await networkInfo(settings);
  if (kind === "consumerId") return chainNamed(chains, text).consumerId ?? text;
  if (kind === "consensus") {
    const provider = chains.find((c) => c.name === chainName) ?? chains.find((c) => c.role === "provider");
    const validator = provider?.validators.find((v) => v.name === text);
    if (validator === undefined)
      throw unknownName(
        "validator",
        text,
        provider?.validators.map((v) => v.name),
      );
    return validator.consAddress;
  }
  const here = accountsOf(chains, accounts, chainName);
  const account = here.find((a) => a.name === text);
  if (account === undefined)
    throw unknownName(
      "account",
      text,
      here.map((a) => a.name),
    );
  return toBech32(kind === "operator" ? `${prefix}valoper` : prefix, fromBech32(account.address).data);
}

/** Accounts of one chain: a chain without CCV has its own, all others share theirs. */
function accountsOf(
  chains: readonly ChainReport[],
  accounts: readonly AccountReport[],
  chainName: string | undefined,
): readonly AccountReport[] {
  const chain = chains.find((c) => c.name === chainName);
  const own = chain?.role === "plain" ? chain.name : undefined;
  return accounts.filter((a) => a.chain === own);
}

const unknownName = (what: string, name: string, known: readonly string[] = []): CliError =>
  new CliError({
    code: "unknown-name",
    message: `there is no ${what} "${name}"`,
    hint: suggest(name, known),
  });

/** Connects to the chain that is meant; `module` is what the command is about. */
export async function connect(
  settings: Settings,
  target: Target,
  role: "provider" | "consumer",
  module: string,
): Promise<{ chain: ChainClient; end: "provider" | "consumer"; name: string | undefined }> {
  const { url, end, name } = await targetOf(settings, target, role, module);
  const chain = await connectUrl(url);
  const needed = ROLE_OF[module];
  try {
    if (needed !== undefined) await assertRole(chain, needed);
    return { chain, end, name };
  } catch (error) {
    chain.disconnect();
    throw error;
  }
}

/**
 * The key of `--from`: one of the home's keyring, or that of the mnemonic in TANDEM_MNEMONIC, or of an account on the
 * network's chain `chainName`. Secrets are never flags.
 */
export async function keyOf(
  settings: Settings,
  end: EndName,
  chainName: string | undefined,
  keyring: KeyringFlags = {},
): Promise<SigningKey> {
  const kept = settings.from === undefined ? undefined : await findKey(settings, keyring, settings.from);
  if (kept?.privateKey !== undefined) return { privateKey: kept.privateKey.key };
  return keyOutsideKeyring(settings, end, chainName);
}

/** {@link keyOf} for who is in no keyring. */
export async function keyOutsideKeyring(
  settings: Settings,
  end: EndName,
  chainName: string | undefined,
): Promise<SigningKey> {
  const own = mnemonicFromEnv(end);
  if (own !== undefined) return { mnemonic: own };
  // A chain by its URL can be one of the network that runs here; where none does, only the environment is left.
  if (readRunFile(settings.home) === undefined) throw noMnemonic(end);
  const { accounts, chains } = await networkInfo(settings);
  const here = accountsOf(chains, accounts, chainName);
  const name = settings.from ?? (here.find((a) => a.name === "owner") ?? here.find((a) => a.mnemonic))?.name;
  const account = here.find((a) => a.name === name || a.address === name);
  if (account === undefined)
    throw unknownName(
      "account",
      name ?? "owner",
      here.map((a) => a.name),
    );
  const { mnemonic, hdPath } = account;
  if (mnemonic === undefined)
    throw new CliError({
      code: "bad-input",
      message: `the key of ${account.name} is not here: it cannot sign`,
      hint: "--from names an account that the topology gives a mnemonic",
    });
  return { mnemonic, ...(hdPath === undefined ? {} : { hdPath }) };
}
