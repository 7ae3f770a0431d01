/** `tandem evidence make light-client-attack`: a conflicting header from validators' key files, for rehearsals on chains whose keys one has. */
import {
  type AttackKind,
  attackPower,
  clientHeight,
  forgeHeader,
  formatMisbehaviour,
} from "@tandem-ics/client";
import { ed25519Address, ed25519PublicKey, toHexUpper } from "@tandem-ics/crypto";
import { ATTACK_KINDS } from "@tandem-ics/localnet";
import type { Command } from "commander";
import { CliError, usageError } from "../exit-codes.ts";
import { settingsOf } from "../settings.ts";
import { next } from "./change.ts";
import { heightOf, keyOf, writeNew } from "./make-evidence.ts";
import { connectUrl } from "./remote-chain.ts";

interface AttackFlags {
  readonly key: string[];
  readonly kind: string;
  readonly height?: string;
  readonly out: string;
}

function kindOf(text: string): AttackKind {
  const kind = ATTACK_KINDS.find((k) => k === text);
  if (kind === undefined) throw usageError(`--kind takes ${ATTACK_KINDS.join(", ")}, not "${text}"`);
  return kind;
}

async function run(flags: AttackFlags, command: Command): Promise<void> {
  const { consumerUrl, dryRun, yes, out } = settingsOf(command);
  if (consumerUrl === undefined)
    throw usageError("evidence is made of a chain's block: --consumer URL is missing");
  const kind = kindOf(flags.kind);
  const seeds = flags.key.map((file) => keyOf(file).seed);
  const attackers = seeds.map((seed) => toHexUpper(ed25519Address(ed25519PublicKey(seed))));
  // Whoever gets the file can have all of them slashed and tombstoned.
  if (!dryRun && !yes)
    throw new CliError({
      code: "unsafe",
      message: `this signs a second header with the keys of ${attackers.join(", ")}: whoever submits it has them slashed and tombstoned for good`,
      hint: "--yes does it, for validators that you can lose; --dry-run only looks whether they have the power",
    });
  const chain = await connectUrl(consumerUrl);
  try {
    const height = flags.height === undefined ? (await chain.status()).height - 1n : heightOf(flags.height);
    if (height < 2n) throw usageError("the first block has none before it that a client could trust");
    const real = await chain.clientHeader(height, chain.heightOf(height - 1n));
    const power = attackPower(kind, await chain.validators(height), seeds);
    if (!power.enough)
      throw new CliError({
        code: "bad-input",
        message: `these keys hold ${power.attackers} of ${power.total} voting power at height ${height}: ${kind} takes more than ${power.needed}`,
        hint: "a validator with an assigned key votes on a consumer with that key, not with the provider's",
      });
    const forged = forgeHeader(kind, real, seeds);
    const made = {
      chainId: chain.chainId,
      kind,
      height: clientHeight(real).revisionHeight.toString(),
      validators: attackers,
      power: power.attackers.toString(),
      totalPower: power.total.toString(),
      file: dryRun ? null : flags.out,
    };
    // Which client it is against, and what that one trusts, is found out when it is submitted.
    if (!dryRun) writeNew(flags.out, formatMisbehaviour({ clientId: "", header1: real, header2: forged }));
    out.result(made, (m) =>
      [
        `${dryRun ? "would write" : "wrote"} two headers of height ${m.height} of ${m.chainId} (${m.kind}), signed by ${m.power} of ${m.totalPower} voting power`,
        "nothing was sent to any chain",
        ...(dryRun
          ? []
          : [
              next(
                `tandem evidence submit light-client-attack CONSUMER --file ${flags.out} --provider URL --consumer URL --dry-run`,
              ),
            ]),
      ].join("\n"),
    );
  } finally {
    chain.disconnect();
  }
}

/** Adds `light-client-attack` to `evidence make`. */
export function addMakeAttack(make: Command): void {
  make
    .command("light-client-attack")
    .description("a second header signed with validators' keys; written to a file and sent nowhere")
    .requiredOption("--key <file...>", "priv_validator_key.json of each validator that is to be punished")
    .option("--kind <kind>", "equivocation, lunatic or amnesia", "equivocation")
    .option("--height <height>", "height of the consumer; the last but one by default")
    .requiredOption("--out <file>", "where both headers go")
    .action(run);
}
