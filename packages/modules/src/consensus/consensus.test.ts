import { defaultConsensusParams } from "@tandem-ics/comet";
import { createTestContext } from "@tandem-ics/runtime";
import { QueryParamsResponse } from "cosmjs-types/cosmos/consensus/v1/query";
import { MsgUpdateParams } from "cosmjs-types/cosmos/consensus/v1/tx";
import { createConsensusModule } from "./index.ts";

const { keeper, module: consensus } = createConsensusModule({ authority: "gov" });

function started() {
  const ctx = createTestContext({ stores: [consensus], height: 10n });
  keeper.set(ctx, defaultConsensusParams());
  return ctx;
}

const { block, evidence, validator } = defaultConsensusParams();
const update = (ctx: ReturnType<typeof started>, changes: object) =>
  consensus.messages![0]!.run(
    ctx,
    MsgUpdateParams.encode(
      MsgUpdateParams.fromPartial({ authority: "gov", block, evidence, validator, ...changes }),
    ).finish(),
  );

test("the authority changes parameters, and the query shows them", () => {
  const ctx = started();
  update(ctx, { block: { maxBytes: 2_000_000n, maxGas: 5n } });
  const { params } = QueryParamsResponse.decode(consensus.queries![0]!.run(ctx, new Uint8Array()));
  expect(params?.block).toEqual({ maxBytes: 2_000_000n, maxGas: 5n });
  expect(params?.version).toEqual({ app: 0n });
  expect(ctx.events.events.map(({ type }) => type)).toEqual(["update_consensus_params"]);
});

test.each<[string, object, string]>([
  ["somebody else's", { authority: "eve" }, "invalid authority; expected gov, got eve"],
  ["an incomplete", { evidence: undefined }, "all parameters must be present"],
  ["an impossible", { block: { maxBytes: 0n, maxGas: -1n } }, "max_bytes"],
  ["an update of the past", { abci: { voteExtensionsEnableHeight: 9n } }, "past height"],
  ["a vote-extension", { abci: { voteExtensionsEnableHeight: 11n } }, "has no vote extensions"],
])("%s update is refused and changes nothing", (_, changes, reason) => {
  const ctx = started();
  expect(() => update(ctx, changes)).toThrow(reason);
  expect(keeper.get(ctx)).toEqual(defaultConsensusParams());
});
