/** Genesis files of a scenario's chains: the application's defaults, accounts, first validators, then the file's changes. */
import { defaultConsensusParams, type GenesisDoc, genesisToSdkJson, parseGenesis } from "@tandem-ics/comet";
import { genesisTx } from "@tandem-ics/localnet";
import { accountSections } from "@tandem-ics/node/home";
import { nsToTimestamp } from "@tandem-ics/proto";
import { createAddressCodecs, type JsonObject } from "@tandem-ics/runtime";
import type { Cast } from "./cast.ts";
import { ScenarioError } from "./errors.ts";
import { editedGenesis, type GenesisEdit, genesisEdits } from "./genesis-edits.ts";
import type { ScenarioChain } from "./scenario.ts";

/** Denomination of all amounts of a scenario. */
export const DENOM = "stake";

/** A validator as the action that starts a chain has it. */
export interface FirstValidator {
  readonly Id: string;
  readonly Allocation: bigint;
  readonly Stake: bigint;
}

/** What a chain is started with. */
export interface GenesisInput {
  readonly chain: ScenarioChain;
  readonly cast: Cast;
  /** Address of the account that relays; it holds nothing, since nothing costs a fee. */
  readonly relayer: Uint8Array;
  readonly validators: readonly FirstValidator[];
  readonly appState: JsonObject;
  readonly initialHeight: bigint;
  readonly timeNs: bigint;
  /** After the chain's own changes. */
  readonly edits: readonly GenesisEdit[];
}

/** The defaults with accounts, then the changes. Throws ScenarioError `bad-scenario` for changes that make no genesis. */
export function chainGenesis(input: GenesisInput): GenesisDoc {
  const { chain, cast, validators, appState } = input;
  const codecs = createAddressCodecs(chain.prefix);
  const holders = validators.map(({ Id, Allocation }) => ({
    address: cast.member(Id).account.address,
    coins: Allocation === 0n ? [] : [{ denom: DENOM, amount: Allocation }],
  }));
  const state = {
    ...appState,
    ...accountSections(appState, codecs, [...holders, { address: input.relayer, coins: [] }]),
  };
  const doc: GenesisDoc = {
    genesisTime: nsToTimestamp(input.timeNs),
    chainId: chain.chainId,
    initialHeight: input.initialHeight,
    consensusParams: defaultConsensusParams(),
    validators: [],
    appHash: new Uint8Array(),
    appState: JSON.stringify(state),
  };
  const edits = [...genesisEdits(chain.genesis), ...input.edits];
  const json = JSON.parse(genesisToSdkJson(doc)) as JsonObject;
  try {
    return parseGenesis(JSON.stringify(editedGenesis(json, edits)));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ScenarioError("bad-scenario", `the genesis changes of ${chain.chainId}: ${why}`, { cause });
  }
}

/** `appState` with a genesis transaction of each validator that stakes, as the Go binaries' `gentx` makes it. */
export function withGenesisTxs(
  appState: JsonObject,
  { chain, cast, validators }: Pick<GenesisInput, "chain" | "cast" | "validators">,
): JsonObject {
  const txs = validators
    .filter(({ Stake }) => Stake > 0n)
    .map(({ Id, Stake }) => {
      const { account, consensus } = cast.member(Id);
      return genesisTx({
        chainId: chain.chainId,
        bech32Prefix: chain.prefix,
        denom: DENOM,
        operator: account,
        consensus,
        spec: {
          name: Id,
          moniker: `validator${Id}`,
          operator: Id,
          stake: Stake,
          commission: "0.1",
          maxRate: "0.2",
          maxChangeRate: "0.01",
          minSelfDelegation: 1n,
          jailed: false,
        },
      });
    });
  return { ...appState, genutil: { ...(appState["genutil"] as JsonObject), gen_txs: txs } };
}
