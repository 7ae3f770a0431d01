/** The provider and the consumer that evidence is about, by their URLs or of the network that runs here, and who pays. */
import type { ChainClient, TxSender } from "@tandem-ics/client";
import { type AttackedPair, findConsumer } from "@tandem-ics/relayer";
import { usageError } from "../exit-codes.ts";
import type { Settings } from "../settings.ts";
import { isRemote, keyOf, networkInfo } from "./chain-door.ts";
import { type FeeFlags, feesOf } from "./fees.ts";
import { accountOn, assertRole, connectUrl, prefixOf } from "./remote-chain.ts";
import { chainNamed } from "./tables.ts";

/** Where both chains are. */
interface Urls {
  readonly provider: string;
  readonly consumer: string | undefined;
  /** Name of the provider in the network that runs here. */
  readonly name?: string;
}

async function urlsOf(settings: Settings, consumer: string): Promise<Urls> {
  const { providerUrl, consumerUrl } = settings;
  if (isRemote(settings)) {
    if (providerUrl === undefined)
      throw usageError(
        "evidence goes to a provider: --provider URL is missing",
        "--consumer URL alone is not enough",
      );
    return { provider: providerUrl, consumer: consumerUrl };
  }
  const { chains } = await networkInfo(settings);
  const provider = chains.find((c) => c.role === "provider");
  const { rpc } = chainNamed(chains, consumer);
  if (provider?.rpc === undefined) throw usageError("the network has no provider with a JSON-RPC door");
  return { provider: provider.rpc, consumer: rpc, name: provider.name };
}

/**
 * Connects to both chains and gives them to `use`, with a way to an account that pays; nobody needs to be able to pay
 * before it is asked for.
 */
export async function withAttackedPair<T>(
  settings: Settings,
  consumer: string,
  flags: FeeFlags,
  use: (pair: AttackedPair, sender: () => Promise<TxSender>) => Promise<T>,
): Promise<T> {
  const fees = feesOf(flags);
  const urls = await urlsOf(settings, consumer);
  const open: ChainClient[] = [];
  const connect = async (url: string): Promise<ChainClient> => {
    const chain = await connectUrl(url);
    open.push(chain);
    return chain;
  };
  try {
    const provider = await connect(urls.provider);
    await assertRole(provider, "provider");
    const entry = await findConsumer(provider, { name: consumer });
    const chain = urls.consumer === undefined ? undefined : await connect(urls.consumer);
    if (chain !== undefined && chain.chainId !== entry.chainId)
      throw usageError(
        `--consumer is ${chain.chainId}, and consumer ${entry.consumerId} is ${entry.chainId}`,
        "both headers must be of one chain",
      );
    const prefix = await prefixOf(provider, fees.prefix);
    const pair: AttackedPair = { provider, consumer: chain, entry, prefix };
    let sender: Promise<TxSender> | undefined;
    const pay = async (): Promise<TxSender> =>
      (await accountOn(provider, await keyOf(settings, "provider", urls.name), fees)).sender;
    return await use(pair, () => (sender ??= pay()));
  } finally {
    for (const chain of open) chain.disconnect();
  }
}
