/** A provider with one validator and one rich account behind a REST door, for tests of that door. */
import { fromBech32 } from "@cosmjs/encoding";
import { createProviderApp } from "@tandem-ics/ccv";
import { ed25519PublicKey, sha256, utf8 } from "@tandem-ics/crypto";
import { createNode, type Node, type RestOptions, type RestServer } from "@tandem-ics/node";
import { newProviderGenesis } from "@tandem-ics/node/home";
import { createMemoryBackend } from "@tandem-ics/store";

export const CHAIN_ID = "rest-1";
export const DENOM = "stake";
/** Funded: 5000 of {@link DENOM} and as many `ucosm`. */
export const ACCOUNT = "cosmos1pkptre7fdkl6gfrzlesjjvhxhlc3r4gmmk8rs6";
/** Of the validator. */
export const OPERATOR = "cosmos12nt2hqjps8r065wc02qks88tvqzdeua0ld3jxy";
export const VALIDATOR = "cosmosvaloper12nt2hqjps8r065wc02qks88tvqzdeua06e982h";

/** The chain and its door. */
export interface RestChain {
  readonly node: Node;
  readonly rest: RestServer;
  close(): Promise<void>;
}

/** Starts one and makes three blocks. */
export async function startRestChain(options: RestOptions = {}): Promise<RestChain> {
  const seed = sha256(utf8("rest validator"));
  const node = createNode({
    app: createProviderApp({ backend: createMemoryBackend() }),
    genesis: newProviderGenesis({
      chainId: CHAIN_ID,
      genesisTimeNs: BigInt(Date.now() - 60_000) * 1_000_000n,
      initialHeight: 1n,
      denom: DENOM,
      accounts: [
        {
          address: fromBech32(ACCOUNT).data,
          coins: [
            { denom: DENOM, amount: 5000n },
            { denom: "ucosm", amount: 5000n },
          ],
        },
      ],
      validators: [
        {
          operator: fromBech32(OPERATOR).data,
          publicKey: ed25519PublicKey(seed),
          stake: 3_000_000n,
          moniker: "moniker",
        },
      ],
    }),
    keys: [seed],
  });
  node.start();
  for (let i = 0; i < 3; i++) node.produceBlock();
  const rest = await node.listenRest(options);
  return {
    node,
    rest,
    close: () => node.stop(),
  };
}
