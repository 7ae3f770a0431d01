/** `tandem chain keys show` and the Go binaries' `show-…`: what may be known of a home's keys. */
import { existsSync } from "node:fs";
import { toBech32 } from "@cosmjs/encoding";
import { nodeId } from "@tandem-ics/comet";
import { ed25519Address, toBase64, toHexUpper } from "@tandem-ics/crypto";
import {
  BECH32_PREFIX,
  type ChainKind,
  readGenesisFile,
  readHomeKey,
  readNodeKey,
} from "@tandem-ics/node/home";
import type { Command } from "commander";
import { settingsOf } from "../settings.ts";
import { chainFailure, kindOfGenesis, layoutOf } from "./chain-home.ts";

/** The public side of a home's keys. */
export interface KeyReport {
  /** 40 lower-case hex digits. */
  readonly nodeId: string;
  /** Consensus address, upper-case hex. */
  readonly address: string;
  /** The same under the chain's prefix. */
  readonly consAddress: string;
  /** What `opt-in` and `assign-consensus-key` take. */
  readonly pubKey: { readonly "@type": string; readonly key: string };
}

/** Describes a validator's key and a node's key, 32 bytes each. */
export function describeKeys(kind: ChainKind, validator: Uint8Array, node: Uint8Array): KeyReport {
  const address = ed25519Address(validator);
  return {
    nodeId: nodeId(node),
    address: toHexUpper(address),
    consAddress: toBech32(`${BECH32_PREFIX[kind]}valcons`, address),
    pubKey: { "@type": "/cosmos.crypto.ed25519.PubKey", key: toBase64(validator) },
  };
}

function reportOf(home: string): KeyReport {
  const layout = layoutOf(home);
  try {
    // Without a genesis nobody knows the prefix: a provider's is shown.
    const kind = existsSync(layout.genesis) ? kindOfGenesis(readGenesisFile(layout)) : undefined;
    return describeKeys(kind ?? "provider", readHomeKey(layout).publicKey, readNodeKey(layout).publicKey);
  } catch (error) {
    throw chainFailure(error);
  }
}

/** Adds `chain keys show`, `show-validator`, `show-node-id` and `show-address`. */
export function addKeys(chain: Command): void {
  chain
    .command("keys")
    .description("keys of a home")
    .command("show")
    .description("node id, consensus address and public key")
    .action((_flags: unknown, command: Command) => {
      const { home, out } = settingsOf(command);
      out.result(reportOf(home), (r) =>
        [
          `node id    ${r.nodeId}`,
          `address    ${r.address}`,
          `validator  ${r.consAddress}`,
          `public key ${JSON.stringify(r.pubKey)}`,
        ].join("\n"),
      );
    });
  const shown = {
    "show-validator": (r: KeyReport) => JSON.stringify(r.pubKey),
    "show-node-id": (r: KeyReport) => r.nodeId,
    "show-address": (r: KeyReport) => r.consAddress,
  };
  for (const [name, text] of Object.entries(shown))
    chain
      .command(name)
      .description("as the Go binaries' command of that name")
      .action((_flags: unknown, command: Command) => {
        const { home } = settingsOf(command);
        process.stdout.write(`${text(reportOf(home))}\n`);
      });
}
