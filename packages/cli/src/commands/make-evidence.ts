/** `tandem evidence make double-sign`: evidence from a validator's key file, for rehearsals on chains whose keys one has. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import {
  buildDuplicateVoteEvidence,
  type ChainClient,
  ClientError,
  checkDoubleVoting,
  formatEvidence,
  formatEvidenceFile,
  formatHeader,
  infractionHeader,
} from "@tandem-ics/client";
import {
  commitToVote,
  isCometError,
  isCompleteBlockId,
  type KeyPair,
  privValidatorKeyFromJson,
  SIGNED_MESSAGE,
  type Validator,
  voteSignBytes,
} from "@tandem-ics/comet";
import { ed25519Address, ed25519Sign, equalBytes, toHexUpper } from "@tandem-ics/crypto";
import type { Command } from "commander";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { SignedHeader, Vote } from "cosmjs-types/tendermint/types/types";
import { readText } from "../arguments.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { settingsOf } from "../settings.ts";
import { next } from "./change.ts";
import { connectUrl } from "./remote-chain.ts";

interface MakeFlags {
  readonly key: string;
  readonly height?: string;
  readonly out: string;
  readonly headerOut?: string;
}

/** The key of a `priv_validator_key.json`. Throws `bad-input`. */
export function keyOf(file: string): KeyPair {
  try {
    return privValidatorKeyFromJson(readText(file));
  } catch (cause) {
    if (!isCometError(cause)) throw cause;
    throw new CliError(
      { code: "bad-input", message: `${file} is no priv_validator_key.json: ${cause.message}` },
      { cause },
    );
  }
}

/** A height given as a flag. Throws `usage`. */
export function heightOf(text: string): bigint {
  if (!/^[1-9]\d{0,18}$/.test(text)) throw usageError(`--height takes a height of the chain, not "${text}"`);
  return BigInt(text);
}

const signed = (chainId: string, key: KeyPair, vote: Vote): Vote => ({
  ...vote,
  signature: ed25519Sign(key.seed, voteSignBytes(chainId, vote)),
});

/**
 * Two precommits of one validator for one height and round: the one in the chain's commit, or one like it when the
 * validator missed that block; and one for a block that never was.
 */
function doubleVote(
  chainId: string,
  key: KeyPair,
  { header, commit }: SignedHeader,
  set: readonly Validator[],
): DuplicateVoteEvidence {
  const address = ed25519Address(key.publicKey);
  const index = set.findIndex((v) => equalBytes(v.address, address));
  if (index < 0 || header === undefined || commit === undefined)
    throw new CliError({
      code: "not-found",
      message: `${toHexUpper(address)} is not in the validator set of ${chainId} at height ${commit?.height}`,
      hint: "a validator with an assigned key votes on a consumer with that key, not with the provider's",
    });
  const cast = commitToVote(commit, index);
  const own =
    cast !== undefined && isCompleteBlockId(cast.blockId)
      ? cast
      : signed(chainId, key, {
          type: SIGNED_MESSAGE.precommit,
          height: commit.height,
          round: commit.round,
          blockId: commit.blockId,
          timestamp: header.time,
          validatorAddress: address,
          validatorIndex: index,
          signature: new Uint8Array(),
          extension: new Uint8Array(),
          extensionSignature: new Uint8Array(),
        });
  const other = signed(chainId, key, {
    ...own,
    blockId: { hash: randomBytes(32), partSetHeader: { total: 1, hash: randomBytes(32) } },
  });
  return buildDuplicateVoteEvidence(own, other, set, header.time);
}

async function makeVotes(chain: ChainClient, key: KeyPair, height: bigint) {
  const [block, set, header] = await Promise.all([
    chain.signedHeader(height),
    chain.validators(height),
    infractionHeader(chain, height),
  ]);
  const evidence = doubleVote(chain.chainId, key, block, set);
  const report = checkDoubleVoting({ chainId: chain.chainId, evidence, header });
  if (!report.ok)
    throw new ClientError("bad-evidence", "the votes that were made do not hold", { chainId: chain.chainId });
  return { evidence, header };
}

/** Writes a file that must not be there yet: evidence is not to be lost, nor a key file overwritten. */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CliError(
      {
        code: code === "EEXIST" ? "unsafe" : "bad-input",
        message: code === "EEXIST" ? `${file} is there already` : `${file} cannot be written (${code})`,
      },
      { cause },
    );
  }
}

async function run(flags: MakeFlags, command: Command): Promise<void> {
  const { consumerUrl, dryRun, yes, out } = settingsOf(command);
  if (consumerUrl === undefined)
    throw usageError("evidence is made of a chain's block: --consumer URL is missing");
  const key = keyOf(flags.key);
  const address = toHexUpper(ed25519Address(key.publicKey));
  // Two signed votes are all that it takes: whoever gets the file can have the validator slashed and tombstoned.
  if (!dryRun && !yes)
    throw new CliError({
      code: "unsafe",
      message: `this signs a second vote of validator ${address}: whoever submits it has that validator slashed and tombstoned for good`,
      hint: "--yes does it, for a validator that you can lose; --dry-run only looks whether it votes at that height",
    });
  const chain = await connectUrl(consumerUrl);
  try {
    const height = flags.height === undefined ? (await chain.status()).height - 1n : heightOf(flags.height);
    const { evidence, header } = await makeVotes(chain, key, height);
    const made = {
      chainId: chain.chainId,
      height: height.toString(),
      validator: address,
      power: evidence.validatorPower.toString(),
      file: dryRun ? null : flags.out,
    };
    if (!dryRun && flags.headerOut === undefined) writeNew(flags.out, formatEvidenceFile(evidence, header));
    if (!dryRun && flags.headerOut !== undefined) {
      writeNew(flags.out, formatEvidence(evidence));
      writeNew(flags.headerOut, formatHeader(header));
    }
    out.result(made, (m) =>
      [
        `${dryRun ? "would write" : "wrote"} two votes of ${m.validator}, power ${m.power}, at height ${m.height} of ${m.chainId}`,
        "nothing was sent to any chain",
        ...(dryRun
          ? []
          : [
              next(
                `tandem evidence submit double-sign CONSUMER --file ${flags.out} --provider URL --dry-run`,
              ),
            ]),
      ].join("\n"),
    );
  } finally {
    chain.disconnect();
  }
}

/** Adds `double-sign` to `evidence make`. */
export function addMakeEvidence(make: Command): void {
  make
    .command("double-sign")
    .description("two votes signed with a validator's key; written to a file and sent nowhere")
    .requiredOption("--key <file>", "priv_validator_key.json of the validator that is to be punished")
    .option("--height <height>", "height of the consumer at which it voted; the last one by default")
    .requiredOption("--out <file>", "where the evidence goes, with the header of that height")
    .option("--header-out <file>", "the header apart, as the Go provider's command takes it")
    .action(run);
}
