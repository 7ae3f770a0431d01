/** Opens a chain's doors to others: the node's own, and the faucet that the topology gives it. */
import { parseCoins } from "@tandem-ics/runtime";
import type { Chain } from "./chain.ts";
import { LocalnetError } from "./errors.ts";
import { startFaucet } from "./faucet/faucet-server.ts";
import { OWNER } from "./launch.ts";
import { DEFAULT_FAUCET_ACCOUNT } from "./topology-plain.ts";
import { senderOf, type World } from "./world.ts";

/** What one credit gives of each denomination, when the topology does not say. */
const CREDIT_AMOUNT = "10000000";

const denomsOf = (world: World, { name, denom }: Chain): string[] => {
  const fee = world.plain.get(name)?.spec.feeDenom ?? denom;
  return [...new Set([fee, denom])];
};

function tokensOf(world: World, chain: Chain, coins: string | undefined) {
  if (coins === undefined) return denomsOf(world, chain).map((denom) => ({ denom, amount: CREDIT_AMOUNT }));
  try {
    return parseCoins(coins).map(({ denom, amount }) => ({ denom, amount: amount.toString() }));
  } catch (cause) {
    throw new LocalnetError("bad-topology", `the faucet of ${chain.name} cannot give "${coins}"`, {
      hint: "write 1000000stake,1000000uatom",
      cause,
    });
  }
}

/** Opens everything that the topology wants of a chain. Throws `bad-topology`, `unknown-name`, `port-taken`. */
export async function openDoors(world: World, chain: Chain): Promise<void> {
  const nodeUrl = await chain.listen();
  const { faucet: spec, ports } = chain.settings;
  if (spec === undefined) return;
  const account = spec.account ?? (world.plain.has(chain.name) ? DEFAULT_FAUCET_ACCOUNT : OWNER);
  const faucet = await startFaucet({
    chain: chain.client,
    sender: senderOf(world, chain, account),
    prefix: chain.bech32Prefix,
    tokens: tokensOf(world, chain, spec.coins),
    nodeUrl,
    ...(spec.cooldown === undefined ? {} : { cooldownMs: Number(spec.cooldown / 1_000_000n) }),
    ...(ports.faucet === undefined ? {} : { port: ports.faucet }),
    onFailure: (error) => world.progress(`the faucet of ${chain.name}: ${String(error)}`),
  });
  world.faucets.set(chain.name, faucet);
}
