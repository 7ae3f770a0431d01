/** Who takes part in a scenario, with the run's own keys, and which of them stands in for what the file writes. */
import { ed25519Address, fromBase64, toHex } from "@tandem-ics/crypto";
import {
  type AccountKey,
  type ConsensusKey,
  consensusKeyOfSeed,
  createAccountKey,
  createConsensusKey,
} from "@tandem-ics/localnet";
import { createAddressCodecs, decodeBech32 } from "@tandem-ics/runtime";
import { ScenarioError, stepFailed } from "./errors.ts";
import type { Scenario } from "./scenario.ts";
import { WRITTEN_ADDRESSES } from "./written-addresses.ts";

/** A validator of a scenario. */
export interface Member {
  readonly name: string;
  /** Its account, the same on every chain. */
  readonly account: AccountKey;
  /** Its key on the provider, and on consumers until it assigns another one there. */
  readonly consensus: ConsensusKey;
}

/** A consensus key that a scenario writes to be assigned, and our key in its place. */
export interface AssignableKey extends ConsensusKey {
  /** Address of the key in the file. */
  readonly writtenAddress: Uint8Array;
}

/** Everybody, and what stands for whom. */
export interface Cast {
  readonly members: ReadonlyMap<string, Member>;
  member(name: string): Member;
  /** Our key in place of a public key that the file writes as JSON. Throws `step-failed`. */
  assignableKey(json: string): AssignableKey;
  /** A consensus address of the file or a validator's name, as our address under `prefix`; others stay as they are. */
  consensusAddress(text: string, prefix: string): string;
  /** An account or operator address of the file or a validator's name, as ours; others stay as they are. */
  accountAddress(text: string, prefix: string): string;
  /** Public key and address of a seed. */
  keyOfSeed(seed: Uint8Array): ConsensusKey;
  /** The bytes in the file that a consensus address of ours stands for, in hex; our own where it writes none. */
  writtenConsensus(address: Uint8Array): string;
}

const SEED = "scenario";
const PUB_KEY_TYPE = "/cosmos.crypto.ed25519.PubKey";

function writtenKey(json: string): Uint8Array {
  let key: Uint8Array;
  try {
    const parsed = JSON.parse(json) as { "@type"?: unknown; key?: unknown };
    if (parsed["@type"] !== PUB_KEY_TYPE) throw new ScenarioError("bad-scenario", `no ${PUB_KEY_TYPE}`);
    key = fromBase64(String(parsed.key));
  } catch (cause) {
    throw stepFailed(`ConsumerPubkey is no Ed25519 key: ${json}`, cause);
  }
  if (key.length !== 32) throw stepFailed(`ConsumerPubkey has not 32 bytes: ${json}`);
  return key;
}

const bytesOf = (address: string): Uint8Array => {
  const decoded = decodeBech32(address);
  if (decoded === undefined) throw new ScenarioError("bad-scenario", `${address} is no address`);
  return decoded.bytes;
};

/** Provider addresses that the file itself tells of validators which no recorded network has: the first one counts. */
function toldAddresses({ steps, validators }: Scenario): Map<string, Uint8Array> {
  const told = new Map<string, Uint8Array>();
  for (const { expected } of steps)
    for (const { name, value } of expected)
      if (name === "ProviderKeys")
        for (const [validator, address] of Object.entries(value as Record<string, string>)) {
          const decoded = decodeBech32(address);
          const unknown = !Object.hasOwn(WRITTEN_ADDRESSES, validator) && !told.has(validator);
          if (decoded !== undefined && unknown && validators.includes(validator))
            told.set(validator, decoded.bytes);
        }
  return told;
}

/** The cast of a scenario. The same scenario has the same keys each time. */
export function createCast(scenario: Scenario): Cast {
  const members = new Map(
    scenario.validators.map((name): [string, Member] => [
      name,
      {
        name,
        account: createAccountKey(SEED, name),
        consensus: createConsensusKey(SEED, name, "provider"),
      },
    ]),
  );
  const accounts = new Map<string, Member>();
  const consensus = new Map<string, Member>();
  const told = toldAddresses(scenario);
  for (const member of members.values()) {
    const written = WRITTEN_ADDRESSES[member.name];
    if (written !== undefined) accounts.set(toHex(bytesOf(written.account)), member);
    const own = written === undefined ? told.get(member.name) : bytesOf(written.consensus);
    if (own !== undefined) consensus.set(toHex(own), member);
  }
  const assignable = new Map<string, AssignableKey>();

  function member(name: string): Member {
    const found = members.get(name);
    if (found === undefined) throw stepFailed(`there is no validator "${name}"`);
    return found;
  }

  return {
    members,
    member,
    assignableKey(json) {
      const written = toHex(writtenKey(json));
      let key = assignable.get(written);
      if (key === undefined) {
        const own = createConsensusKey(SEED, written, "assigned");
        key = { ...own, writtenAddress: ed25519Address(writtenKey(json)) };
        assignable.set(written, key);
      }
      return key;
    },
    consensusAddress(text, prefix) {
      const codec = createAddressCodecs(prefix).consensus;
      const named = members.get(text);
      if (named !== undefined) return codec.encode(named.consensus.address);
      const bytes = decodeBech32(text)?.bytes;
      const found = bytes && consensus.get(toHex(bytes));
      return found ? codec.encode(found.consensus.address) : text;
    },
    accountAddress(text, prefix) {
      const codecs = createAddressCodecs(prefix);
      const named = members.get(text);
      if (named !== undefined) return codecs.account.encode(named.account.address);
      const decoded = decodeBech32(text);
      const found = decoded && accounts.get(toHex(decoded.bytes));
      if (!found) return text;
      const { account, validator } = codecs;
      return (decoded.prefix === validator.prefix ? validator : account).encode(found.account.address);
    },
    keyOfSeed: consensusKeyOfSeed,
    writtenConsensus(address) {
      const hex = toHex(address);
      for (const key of assignable.values()) if (toHex(key.address) === hex) return toHex(key.writtenAddress);
      for (const [written, { consensus: own }] of consensus) if (toHex(own.address) === hex) return written;
      return hex;
    },
  };
}
