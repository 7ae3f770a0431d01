/** The chain that a `tx` or `query` talks to: of the running network, or any chain by its URL. */
import { fromBech32, toBech32 } from "@cosmjs/encoding";
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { type ChainClient, connectChain } from "@tandem-ics/client";
import { type AccountReport, type ChainReport, suggest } from "@tandem-ics/localnet";
import { CliError } from "../exit-codes.ts";
import { callNetwork } from "../network-door.ts";
import type { Settings } from "../settings.ts";
import { chainNamed } from "./tables.ts";

interface NetworkInfo {
  readonly chains: readonly ChainReport[];
  readonly accounts: readonly AccountReport[];
}

/** What is known of the running network. */
export const networkInfo = (settings: Settings): Promise<NetworkInfo> =>
  callNetwork<NetworkInfo>(settings.home, "network.info");

/** URL of a chain: `--provider`/`--consumer`, or a chain of the network by name; the provider by default. */
export async function chainUrl(
  settings: Settings,
  chain: string | undefined,
  role: "provider" | "consumer",
): Promise<string> {
  const given = role === "provider" ? settings.providerUrl : settings.consumerUrl;
  if (given !== undefined) return given;
  const { chains } = await networkInfo(settings);
  const found = chain === undefined ? chains.find((c) => c.role === role) : chainNamed(chains, chain);
  if (found?.rpc === undefined)
    throw new CliError({
      code: "unknown-name",
      message: found === undefined ? `the network has no ${role}` : `${found.name} has no JSON-RPC door`,
      hint: `there are: ${chains.map((c) => c.name).join(", ")}`,
    });
  return found.rpc;
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
): Promise<string> {
  // What names look like; addresses have a 1 and 38 characters after it, consumer ids are digits.
  if (!/^[a-z][a-z0-9-]*$/.test(text) || /1[a-z0-9]{38}/.test(text)) return text;
  if (settings.providerUrl !== undefined || settings.consumerUrl !== undefined) return text;
  const { chains, accounts } = await networkInfo(settings);
  if (kind === "consumerId") return chainNamed(chains, text).consumerId ?? text;
  if (kind === "consensus") {
    const provider = chains.find((c) => c.role === "provider");
    const validator = provider?.validators.find((v) => v.name === text);
    if (validator === undefined)
      throw unknownName(
        "validator",
        text,
        provider?.validators.map((v) => v.name),
      );
    return validator.consAddress;
  }
  const account = accounts.find((a) => a.name === text);
  if (account === undefined)
    throw unknownName(
      "account",
      text,
      accounts.map((a) => a.name),
    );
  return toBech32(kind === "operator" ? `${prefix}valoper` : prefix, fromBech32(account.address).data);
}

const unknownName = (what: string, name: string, known: readonly string[] = []): CliError =>
  new CliError({
    code: "unknown-name",
    message: `there is no ${what} "${name}"`,
    hint: suggest(name, known),
  });

/** Prefix of a chain's accounts, as the chain itself says. */
export async function prefixOf(chain: ChainClient): Promise<string> {
  const { bech32Prefix } = await chain.query.auth.Bech32Prefix({});
  return bech32Prefix;
}

/** Connects to it. */
export async function connect(
  settings: Settings,
  chain: string | undefined,
  role: "provider" | "consumer",
): Promise<ChainClient> {
  return connectChain(new HttpClient(await chainUrl(settings, chain, role)));
}

/** The mnemonic of `--from`: an account of the network, or the one in TANDEM_MNEMONIC. Secrets are never flags. */
export async function mnemonicOf(settings: Settings): Promise<string> {
  const own = process.env["TANDEM_MNEMONIC"];
  if (own !== undefined && own !== "") return own;
  const { accounts } = await networkInfo(settings);
  const name = settings.from ?? "owner";
  const account = accounts.find((a) => a.name === name || a.address === name);
  if (account === undefined)
    throw unknownName(
      "account",
      name,
      accounts.map((a) => a.name),
    );
  return account.mnemonic;
}
