/** Genesis transactions: the first validators make themselves (SDK x/genutil). */
import { codecOf, fromProtoJson, type JsonValue } from "@tandem-ics/proto";
import { type AppModule, type Context, type Json, type JsonObject, plainError } from "@tandem-ics/runtime";
import type { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";

/** What the module is made with. */
export interface GenutilModuleOptions {
  /** Absent on a consumer, which has no stake: genesis transactions are refused there. */
  readonly staking?: { applyAndReturnValidatorSetUpdates(ctx: Context): readonly ValidatorUpdate[] };
  /** Whether genesis returns the validators; true by default. A CCV provider returns its own. */
  readonly returnValidatorUpdates?: boolean;
}

const TX = "cosmos.tx.v1beta1.Tx";
const CREATE_VALIDATOR = "/cosmos.staking.v1beta1.MsgCreateValidator";

/** Transactions of the state; `null` and absence mean none. */
function transactions(state: JsonObject): readonly Json[] {
  const list = state["gen_txs"] ?? [];
  if (!Array.isArray(list)) throw plainError("gen_txs must be a list");
  return list as readonly Json[];
}

const parse = (json: Json): Tx => fromProtoJson(TX, json as unknown as JsonValue) as Tx;

/** Makes the module. Its genesis comes after that of staking, bank and auth. */
export function createGenutilModule(options: GenutilModuleOptions): { module: AppModule } {
  const { staking, returnValidatorUpdates = true } = options;
  const module: AppModule = {
    name: "genutil",
    defaultGenesis: () => ({ gen_txs: [] }),
    validateGenesis(state) {
      transactions(state).forEach((json, i) => {
        const messages = parse(json).body?.messages ?? [];
        if (messages.length !== 1) {
          throw plainError(
            `genesis transaction ${i}: unexpected number of GenTx messages; got: ${messages.length}, expected: 1`,
          );
        }
        const { typeUrl } = messages[0]!;
        if (typeUrl !== CREATE_VALIDATOR) {
          throw plainError(
            `genesis transaction ${i}: unexpected GenTx message type; expected: ${CREATE_VALIDATOR}, got: ${typeUrl}`,
          );
        }
      });
    },
    initGenesis(ctx, state, { deliverTx }) {
      const list = transactions(state);
      if (list.length === 0) return undefined;
      if (staking === undefined) throw plainError("a chain without stake takes no genesis transactions");
      const codec = codecOf(TX);
      for (const json of list) deliverTx(ctx, codec.encode(parse(json)).finish());
      const updates = staking.applyAndReturnValidatorSetUpdates(ctx);
      return returnValidatorUpdates ? updates : undefined;
    },
    // validators are in the state by now
    exportGenesis: () => ({ gen_txs: [] }),
  };
  return { module };
}
