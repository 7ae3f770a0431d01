import { CodedError, createTestContext } from "@tandem-ics/runtime";
import { ParameterChangeProposal } from "cosmjs-types/cosmos/params/v1beta1/params";
import {
  QueryParamsRequest,
  QueryParamsResponse,
  QuerySubspacesRequest,
  QuerySubspacesResponse,
} from "cosmjs-types/cosmos/params/v1beta1/query";
import { createParamsModule } from "./index.ts";

const TYPE = ParameterChangeProposal.typeUrl;

function create() {
  const { module, legacy } = createParamsModule(["staking", "gov"]);
  const ctx = createTestContext({ stores: [module] });
  const kind = legacy.kinds.get(TYPE)!;
  const content = (...changes: (readonly [subspace: string, key: string, value: string])[]) => ({
    typeUrl: TYPE,
    title: "title",
    description: "description",
    kind,
    message: ParameterChangeProposal.fromPartial({
      title: "title",
      description: "description",
      changes: changes.map(([subspace, key, value]) => ({ subspace, key, value })),
    }),
  });
  const change = (...changes: Parameters<typeof content>) =>
    legacy.handlers.get("params")!(ctx, content(...changes));
  const ask = (name: string, bytes: Uint8Array): Uint8Array =>
    module.queries!.find(({ path }) => path.endsWith(`/${name}`))!.run(ctx, bytes);
  const param = (subspace: string, key: string): string =>
    QueryParamsResponse.decode(ask("Params", QueryParamsRequest.encode({ subspace, key }).finish())).param
      .value;
  return { ctx, kind, content, change, ask, param };
}

const code = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return `${error.codespace}/${error.code}`;
  }
};

test("a change is stored as amino JSON under its subspace, and keeps what it does not name", () => {
  const { ctx, change, param, ask } = create();
  change(["gov", "tallyparams", '{"quorum":"0.4","threshold":"0.5","veto_threshold":"0.4"}']);
  change(["gov", "tallyparams", '{"threshold":"0.6","unknown":1}']);
  expect(param("gov", "tallyparams")).toBe('{"quorum":"0.4","threshold":"0.6","veto_threshold":"0.4"}');
  expect([...ctx.kv("params").iterate({})].map(([key]) => new TextDecoder().decode(key))).toEqual([
    "gov/tallyparams",
  ]);
  expect(param("staking", "MaxValidators")).toBe("");
  const { subspaces } = QuerySubspacesResponse.decode(
    ask("Subspaces", QuerySubspacesRequest.encode({}).finish()),
  );
  expect(subspaces).toEqual([
    { subspace: "staking", keys: [] },
    { subspace: "gov", keys: ["tallyparams"] },
  ]);
});

test("refuses what it does not know, and values that cannot be", () => {
  const { change, kind, content, param } = create();
  expect(code(() => change(["nothing", "key", "1"]))).toBe("params/2");
  // the Go node panics: no code of the module
  expect(() => change(["staking", "MaxValidators", "7"])).toThrow(RangeError);
  for (const [key, value] of [
    ["tallyparams", "no json"],
    ["tallyparams", '"text"'],
    ["tallyparams", '{"quorum":"1.1","threshold":"0.5","veto_threshold":"0.5"}'],
    ["tallyparams", '{"quorum":"0","threshold":"0","veto_threshold":"0.5"}'],
    ["votingparams", "{}"],
    ["votingparams", '{"voting_period":15}'],
    ["votingparams", '{"voting_period":"-1"}'],
    ["votingparams", '{"voting_period":"9223372036854775808"}'],
    ["depositparams", '{"min_deposit":[{"denom":"1","amount":"1"}],"max_deposit_period":"1"}'],
    ["depositparams", '{"min_deposit":[{"denom":"stake","amount":"0"}],"max_deposit_period":"1"}'],
  ] as const)
    expect([value, code(() => change(["gov", key, value]))]).toEqual([value, "params/3"]);
  expect(code(() => param("nothing", "key"))).toBe("params/2");
  expect(code(() => kind.validate(content()))).toBe("params/4");
  expect(code(() => kind.validate(content(["", "k", "v"])))).toBe("params/5");
  expect(code(() => kind.validate(content(["s", "", "v"])))).toBe("params/6");
  expect(code(() => kind.validate(content(["s", "k", ""])))).toBe("params/7");
  expect(code(() => kind.validate({ ...content(["s", "k", "v"]), title: " " }))).toBe("gov/5");
});
