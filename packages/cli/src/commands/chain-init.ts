/** `tandem chain init`: a home with keys and a genesis. */
import { existsSync } from "node:fs";
import { fromBech32 } from "@cosmjs/encoding";
import { MAX_CHAIN_ID_LENGTH, parseTimestamp } from "@tandem-ics/comet";
import { utf8 } from "@tandem-ics/crypto";
import { accountOfMnemonic, createAccountKey } from "@tandem-ics/localnet";
import {
  type ChainKind,
  createKeyFiles,
  type FirstValidator,
  type GenesisAccount,
  type HomeLayout,
  newConsumerGenesis,
  newProviderGenesis,
  readNodeKey,
  readValidatorKey,
  writeGenesisFile,
} from "@tandem-ics/node/home";
import { isJsonObject, parseJson } from "@tandem-ics/proto";
import { isDenom, type JsonObject, parseCoins } from "@tandem-ics/runtime";
import type { Command } from "commander";
import pc from "picocolors";
import { readText } from "../arguments.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { applicationOf, chainFailure, formOf, kindOf, layoutOf, readFlag } from "./chain-home.ts";
import { describeKeys, type KeyReport } from "./chain-keys.ts";

interface InitFlags {
  readonly chainId: string;
  readonly moniker: string;
  readonly denom?: string;
  readonly account: readonly string[];
  readonly operator?: string;
  readonly stake?: string;
  readonly validator: readonly string[];
  readonly ccv?: string;
  readonly app?: string;
  readonly genesisTime?: string;
  readonly initialHeight: string;
  readonly form: string;
  readonly overwrite?: boolean;
}

const DEFAULT_DENOM = "stake";
/** Where an address is wanted, stands for the account of the mnemonic in that environment variable. */
const MNEMONIC_VARIABLE = "TANDEM_MNEMONIC";

function mnemonicAddress(): Uint8Array {
  const mnemonic = process.env[MNEMONIC_VARIABLE];
  if (mnemonic === undefined || mnemonic === "")
    throw usageError(`${MNEMONIC_VARIABLE} is not set`, "set it to a mnemonic, or give an address");
  try {
    return accountOfMnemonic("", mnemonic).address;
  } catch {
    // what is wrong with it is not said: the message would quote a secret
    throw usageError(`${MNEMONIC_VARIABLE} is no BIP-39 mnemonic`);
  }
}

/** 20 bytes of an address under any prefix, of a name with `--seed`, or of the environment's mnemonic. */
function addressOf(text: string, { seed }: Settings): Uint8Array {
  if (text === MNEMONIC_VARIABLE) return mnemonicAddress();
  if (/^[a-z][a-z0-9-]*$/.test(text) && !/1[a-z0-9]{38}/.test(text)) {
    if (seed !== undefined) return createAccountKey(seed, text).address;
    throw usageError(
      `"${text}" is no address`,
      "names stand for accounts of tandem up with the same --seed; give an address otherwise",
    );
  }
  const { data } = readFlag("an address", text, fromBech32);
  if (data.length !== 20) throw usageError(`"${text}" is no account's address: it has ${data.length} bytes`);
  return data;
}

function accountOf(text: string, settings: Settings): GenesisAccount {
  const [who = "", coins, ...rest] = text.split("=");
  if (coins === undefined || rest.length > 0)
    throw usageError(`--account takes ADDRESS=COINS, not "${text}"`, "such as cosmos1…=1000stake,5uatom");
  return { address: addressOf(who, settings), coins: readFlag("--account", coins, parseCoins) };
}

/** Base units of `5000000` or `5000000stake`. */
function stakeOf(text: string, denom: string): bigint {
  const match = /^([1-9]\d{0,37})([a-zA-Z].*)?$/.exec(text);
  if (match === null || (match[2] ?? denom) !== denom)
    throw usageError(`a stake is an amount of ${denom}, not "${text}"`, `write 1000000000${denom}`);
  return BigInt(match[1]!);
}

/** A validator of another home: FILE=OPERATOR=STAKE. */
function validatorOf(text: string, index: number, denom: string, settings: Settings): FirstValidator {
  const [file = "", operator, stake, ...rest] = text.split("=");
  if (operator === undefined || stake === undefined || rest.length > 0)
    throw usageError(`--validator takes FILE=OPERATOR=STAKE, not "${text}"`);
  return {
    publicKey: readValidatorKey(file).publicKey,
    operator: addressOf(operator, settings),
    stake: stakeOf(stake, denom),
    moniker: `validator-${index + 1}`,
  };
}

function ccvState(file: string): JsonObject {
  const state = readFlag("--ccv", readText(file), parseJson);
  if (!isJsonObject(state) || !isJsonObject(state["provider"] ?? null))
    throw new CliError({
      code: "bad-input",
      message: `${file} is no consumer genesis`,
      hint: "save the answer of: query provider consumer-genesis CONSUMER-ID -o json",
    });
  return state;
}

/** What `chain init --json` prints. */
interface InitReport extends KeyReport {
  readonly home: string;
  readonly kind: ChainKind;
  readonly chainId: string;
  /** Path of the genesis file; null for a consumer whose provider has not said yet who validates. */
  readonly genesis: string | null;
}

const initText = (r: InitReport): string =>
  [
    r.genesis === null ? `made keys in ${r.home}` : `made ${r.chainId}, a ${r.kind}, in ${r.home}`,
    `validator  ${r.consAddress}`,
    `node       ${r.nodeId}`,
    r.genesis === null
      ? `next       ${pc.cyan(`tandem tx provider opt-in CONSUMER-ID '${JSON.stringify(r.pubKey)}'`)}`
      : `next       ${pc.cyan(`tandem chain start ${r.kind} --home ${r.home}`)}`,
  ].join("\n");

/** Everything that the flags say, read before anything is written. */
function planOf(kind: ChainKind, flags: InitFlags, settings: Settings) {
  const height = /^[1-9]\d{0,18}$/.test(flags.initialHeight) ? BigInt(flags.initialHeight) : undefined;
  if (height === undefined)
    throw usageError(`--initial-height takes a number from 1 on, not "${flags.initialHeight}"`);
  const { genesisTime, chainId } = flags;
  if (chainId === "" || utf8(chainId).length > MAX_CHAIN_ID_LENGTH)
    throw usageError(`--chain-id has 1 to ${MAX_CHAIN_ID_LENGTH} characters, not "${chainId}"`);
  const input = {
    chainId,
    genesisTimeNs:
      genesisTime === undefined
        ? BigInt(Date.now()) * 1_000_000n
        : readFlag("--genesis-time", genesisTime, parseTimestamp),
    initialHeight: height,
    accounts: flags.account.map((text) => accountOf(text, settings)),
  };
  if (kind === "consumer") {
    const application = applicationOf(flags.app ?? "consumer");
    const staking = { denom: flags.denom, stake: flags.stake, operator: flags.operator };
    for (const [flag, value] of Object.entries({ ...staking, validator: flags.validator[0] }))
      if (value !== undefined)
        throw usageError(`--${flag} is for providers`, "a consumer's validators come with --ccv");
    // A validator's key is wanted before the provider can say who validates: the keys come first.
    if (flags.ccv === undefined) return { build: undefined, validators: undefined };
    const ccv = ccvState(flags.ccv);
    return { build: () => newConsumerGenesis({ ...input, ccv, application }), validators: undefined };
  }
  if (flags.ccv !== undefined) throw usageError("--ccv is for consumers");
  if (flags.app !== undefined) throw usageError("--app is for consumers");
  const denom = flags.denom ?? DEFAULT_DENOM;
  if (!isDenom(denom)) throw usageError(`--denom cannot be "${denom}"`);
  if (flags.operator !== undefined && flags.stake === undefined)
    throw usageError("--operator goes with --stake", `--stake 1000000000${denom}`);
  const own =
    flags.stake === undefined
      ? undefined
      : {
          stake: stakeOf(flags.stake, denom),
          operator: addressOf(flags.operator ?? MNEMONIC_VARIABLE, settings),
          moniker: flags.moniker,
        };
  const others = flags.validator.map((text, i) => validatorOf(text, i + 1, denom, settings));
  return {
    build: (publicKey: Uint8Array) => {
      const first = own === undefined ? [] : [{ ...own, publicKey }];
      return newProviderGenesis({ ...input, denom, validators: [...first, ...others] });
    },
    validators: others.length + (own === undefined ? 0 : 1),
  };
}

function refuseLoss(layout: HomeLayout, overwrite: boolean): void {
  for (const folder of [layout.appFolder, layout.nodeFolder])
    if (existsSync(folder))
      throw new CliError({
        code: "unsafe",
        message: `a chain lies in ${layout.dataFolder}`,
        hint: "give another --home, or remove that folder's app and node yourself",
      });
  if (existsSync(layout.genesis) && !overwrite)
    throw new CliError({
      code: "unsafe",
      message: `there is a genesis already: ${layout.genesis}`,
      hint: "--overwrite replaces it, and the keys too",
    });
}

function init(kindText: string, flags: InitFlags, command: Command): void {
  const settings = settingsOf(command);
  const kind = kindOf(kindText);
  const form = formOf(flags.form);
  const layout = layoutOf(settings.home);
  try {
    const overwrite = flags.overwrite === true;
    const plan = planOf(kind, flags, settings);
    refuseLoss(layout, overwrite);
    if (settings.dryRun) {
      settings.out.result({ home: layout.home, kind, chainId: flags.chainId }, (r) => `would make ${r.home}`);
      return;
    }
    const key = createKeyFiles(layout, { replace: overwrite });
    const genesis = plan.build?.(key.publicKey);
    if (genesis !== undefined) writeGenesisFile(layout, genesis, { replace: overwrite, form });
    const report: InitReport = {
      home: layout.home,
      kind,
      chainId: flags.chainId,
      genesis: genesis === undefined ? null : layout.genesis,
      ...describeKeys(kind, key.publicKey, readNodeKey(layout).publicKey),
    };
    settings.out.result(report, initText);
    if (plan.validators === 0)
      settings.out.note("nobody stakes yet: give --stake, or add genesis transactions before the start");
  } catch (error) {
    throw chainFailure(error);
  }
}

const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

/** Adds `chain init`. */
export function addInit(chain: Command): void {
  chain
    .command("init")
    .description("make a home: keys and genesis, in the files of the Go binaries")
    .argument("<kind>", "provider or consumer")
    .requiredOption("--chain-id <id>", "the chain's id")
    .option("--moniker <name>", "name of the validator", "tandem")
    .option("--denom <denom>", "what a provider stakes; stake by default")
    .option(
      "--account <address=coins>",
      "holds coins from the start; TANDEM_MNEMONIC=COINS is the account of that mnemonic",
      collect,
      [],
    )
    .option("--stake <amount>", "stakes for this home's key, such as 1000000000stake")
    .option("--operator <address>", "whose stake it is; by default the account of TANDEM_MNEMONIC")
    .option("--validator <file=operator=stake>", "stakes for another priv_validator_key.json", collect, [])
    .option("--ccv <file>", "a consumer's genesis needs it: the provider's answer to consumer-genesis")
    .option("--app <name>", "what a consumer runs: consumer, or democracy with governance of its own")
    .option("--genesis-time <time>", "RFC 3339; now by default")
    .option("--initial-height <n>", "height of the first block", "1")
    .option(
      "--form <form>",
      "of the genesis: sdk, which Go chains and ours read, or cometbft, which all read",
      "sdk",
    )
    .option("--overwrite", "replace the genesis and the keys that lie there")
    .action((kind: string, flags: InitFlags, command: Command) => init(kind, flags, command));
}
