/** Header verification: adjacent and skipping, beside the bare Ed25519 verifications that it needs. */

import { createPublicKey, verify } from "node:crypto";
import {
  absentCommitSig,
  commitVoteSignBytes,
  ed25519Key,
  headerHash,
  makeValidator,
  newValidatorSet,
  trustedHeader,
  type ValidatorSet,
  validatorSetFromProto,
  validatorSetHash,
  validatorSetToProto,
  verifyLight,
} from "@tandem-ics/comet";
import { ed25519PublicKey, ed25519Sign, sha256, utf8 } from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import {
  type Commit,
  Header,
  type SignedHeader,
  SignedHeader as SignedHeaderCodec,
} from "cosmjs-types/tendermint/types/types";
import { BlockIDFlag } from "cosmjs-types/tendermint/types/validator";
import { type Figure, spread } from "./measure.ts";

const CHAIN_ID = "bench-light";
const GENESIS_NS = 1_767_225_600_000_000_000n;
const SECOND_NS = 1_000_000_000n;
const DAY_NS = 86_400n * SECOND_NS;

interface Chain {
  readonly set: ValidatorSet;
  /** Encoded signed headers: each use decodes one anew, so that nothing is cached on it. */
  readonly headers: readonly Uint8Array[];
}

function makeChain(validators: number, heights: number): Chain {
  const seeds = Array.from({ length: validators }, (_, i) => sha256(utf8(`bench-light/${validators}/${i}`)));
  const byAddress = new Map<string, Uint8Array>();
  const set = newValidatorSet(
    seeds.map((seed, i) => {
      const validator = makeValidator(ed25519Key(ed25519PublicKey(seed)), 1000n + BigInt(i % 7));
      byAddress.set(Buffer.from(validator.address).toString("hex"), seed);
      return validator;
    }),
  );
  const hash = validatorSetHash(set);
  const headers = Array.from({ length: heights }, (_, i) => {
    const height = BigInt(i + 1);
    const timeNs = GENESIS_NS + height * SECOND_NS;
    const header = Header.fromPartial({
      version: { block: 11n, app: 0n },
      chainId: CHAIN_ID,
      height,
      time: nsToTimestamp(timeNs),
      lastBlockId: { hash: sha256(utf8(`${i}`)), partSetHeader: { total: 1, hash: sha256(utf8("parts")) } },
      lastCommitHash: sha256(utf8("commit")),
      dataHash: sha256(utf8("data")),
      validatorsHash: hash,
      nextValidatorsHash: hash,
      consensusHash: sha256(utf8("params")),
      appHash: sha256(utf8(`app ${i}`)),
      lastResultsHash: sha256(utf8("results")),
      evidenceHash: sha256(utf8("evidence")),
      proposerAddress: set.validators[0]!.address,
    });
    const commit: Commit = {
      height,
      round: 0,
      blockId: { hash: headerHash(header), partSetHeader: { total: 1, hash: sha256(utf8(`parts ${i}`)) } },
      signatures: set.validators.map((v, j) => ({
        ...absentCommitSig(),
        blockIdFlag: BlockIDFlag.BLOCK_ID_FLAG_COMMIT,
        validatorAddress: v.address,
        timestamp: nsToTimestamp(timeNs + BigInt(j) * 1_000_000n),
      })),
    };
    const signatures = commit.signatures.map((signature, j) => ({
      ...signature,
      signature: ed25519Sign(
        byAddress.get(Buffer.from(signature.validatorAddress).toString("hex"))!,
        commitVoteSignBytes(CHAIN_ID, commit, j),
      ),
    }));
    return SignedHeaderCodec.encode({ header, commit: { ...commit, signatures } }).finish();
  });
  return { set, headers };
}

/** Signatures needed for more than `share` of the power, strongest first. */
function needed(set: ValidatorSet, numerator: bigint, denominator: bigint): number {
  const wanted = (set.totalVotingPower * numerator) / denominator;
  let sum = 0n;
  let count = 0;
  for (const v of set.validators) {
    if (sum > wanted) break;
    sum += v.votingPower;
    count++;
  }
  return count;
}

/** µs of one bare verification by OpenSSL with ready keys and messages. */
function bareMicros(chain: Chain): number {
  const { header, commit } = SignedHeaderCodec.decode(chain.headers.at(-1)!) as Required<SignedHeader>;
  const prefix = Buffer.from("302a300506032b6570032100", "hex");
  const ready = commit!.signatures.map((s, i) => ({
    key: createPublicKey({
      key: Buffer.concat([prefix, chain.set.validators[i]!.pubKey.ed25519!]),
      format: "der",
      type: "spki",
    }),
    message: commitVoteSignBytes(header!.chainId, commit!, i),
    signature: s.signature,
  }));
  const rounds = Math.ceil(400 / ready.length);
  const began = performance.now();
  for (let i = 0; i < rounds; i++)
    for (const r of ready) if (!verify(null, r.message, r.key, r.signature)) throw new Error("bad signature");
  return ((performance.now() - began) * 1000) / (rounds * ready.length);
}

function verifyOnce(chain: Chain, from: number, to: number): number {
  const trusted = SignedHeaderCodec.decode(chain.headers[from]!);
  const untrusted = SignedHeaderCodec.decode(chain.headers[to]!);
  const validators = validatorSetFromProto(validatorSetToProto(chain.set));
  const trustedValidators = validatorSetFromProto(validatorSetToProto(chain.set));
  const began = performance.now();
  verifyLight({
    trusted: trustedHeader(trusted.header!),
    trustedValidators,
    untrusted,
    validators,
    trustingPeriodNs: 14n * DAY_NS,
    nowNs: GENESIS_NS + 260n * SECOND_NS,
    maxClockDriftNs: 10n * SECOND_NS,
    trustLevel: { numerator: 1n, denominator: 3n },
  });
  return (performance.now() - began) * 1000;
}

/** µs a header and its ratio to the bare signatures, for each size of validator set. Every header is new to the process. */
export function benchLightClient(sizes: readonly number[], headers: number): Figure[] {
  const figures: Figure[] = [];
  for (const size of sizes) {
    const chain = makeChain(size, headers + 1);
    const signatures = needed(chain.set, 2n, 3n);
    const adjacent: number[] = [];
    const ratios: number[] = [];
    // Bare and whole alternate, so that the machine's drift falls on both.
    for (let i = 0; i < headers; i++) {
      if (i % 10 === 0) ratios.push(bareMicros(chain));
      adjacent.push(verifyOnce(chain, i, i + 1));
    }
    const bare = spread(ratios).median;
    const cost = spread(adjacent);
    const scale = (x: number): number => x / (bare * signatures);
    figures.push(
      {
        name: `header verified, ${size} validators, adjacent`,
        unit: "µs",
        value: cost,
        runs: headers,
        note: `${signatures} signatures × ${bare.toFixed(1)} µs`,
      },
      {
        name: `header ÷ its bare signatures, ${size} validators`,
        unit: "ratio",
        value: { median: scale(cost.median), min: scale(cost.min), max: scale(cost.max) },
        runs: headers,
        note: "aim ≤ 1.05",
      },
    );
  }
  return figures;
}
