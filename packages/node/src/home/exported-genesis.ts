/** The state of a chain as the genesis of another one (SDK `server/export.go`). */
import { type GenesisDoc, parseGenesis, timeJson } from "@tandem-ics/comet";
import { stringifyJson } from "@tandem-ics/proto";
import type { Application } from "@tandem-ics/runtime";

/** The document that begins after `height`: time and id of the old one, the rest from the application. */
export function exportedGenesis(app: Application, genesis: GenesisDoc, height: bigint): GenesisDoc {
  const { data, version } = app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" });
  const state = app.exportGenesis(height);
  const exported = parseGenesis(
    stringifyJson({
      genesis_time: timeJson(genesis.genesisTime),
      chain_id: genesis.chainId,
      initial_height: String(height + 1n),
      consensus_params: state["consensus_params"] ?? null,
      validators: state["validators"] ?? [],
      app_state: state["app_state"] ?? {},
    }),
  );
  return { ...exported, appName: data, appVersion: version };
}
