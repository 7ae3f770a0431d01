/** The chain that a `tx` or `query` talks to: of the running network, or any chain by its URL. */
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { type ChainClient, connectChain } from "@tandem-ics/client";
import type { AccountReport, ChainReport } from "@tandem-ics/localnet";
import { CliError } from "../exit-codes.ts";
import { callNetwork } from "../network-door.ts";
import type { Settings } from "../settings.ts";

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
  const found =
    chain === undefined
      ? chains.find((c) => c.role === role)
      : chains.find((c) => c.name === chain || c.chainId === chain || c.consumerId === chain);
  if (found?.rpc === undefined)
    throw new CliError({
      code: "unknown-name",
      message: `there is no ${chain === undefined ? role : `chain "${chain}"`}`,
      hint: `there are: ${chains.map((c) => c.name).join(", ")}`,
    });
  return found.rpc;
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
    throw new CliError({
      code: "unknown-name",
      message: `there is no account "${name}"`,
      hint: `there are: ${accounts
        .map((a) => a.name)
        .slice(0, 12)
        .join(", ")}; or put a mnemonic into TANDEM_MNEMONIC`,
    });
  return account.mnemonic;
}
