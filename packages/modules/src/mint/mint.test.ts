import { fromUtf8 } from "@tandem-ics/crypto";
import { type CodedError, Dec } from "@tandem-ics/runtime";
import { QueryInflationRequest, QueryInflationResponse } from "cosmjs-types/cosmos/mint/v1beta1/query";
import { MsgUpdateParams } from "cosmjs-types/cosmos/mint/v1beta1/tx";
import fc from "fast-check";
import { createStakeChain } from "../testing.ts";
import {
  assertMintParams,
  blockProvision,
  DEFAULT_MINT_PARAMS,
  DEFAULT_MINTER,
  mintParamsToProto,
  nextMinter,
} from "./minter.ts";

const M = 1_000_000n;

test("the first block of a recorded provider chain minted the same", () => {
  // interchain-security-pd v7.0.1: 27 of 5 000 000 million tokens bonded
  const supply = 5_000_000_000_000n;
  const ratio = Dec.fromInt(27n * M).quoInt(supply);
  expect(ratio.toString()).toBe("0.000005400000000000");
  const minter = nextMinter(DEFAULT_MINTER, DEFAULT_MINT_PARAMS, ratio, supply);
  expect(minter.inflation.toString()).toBe("0.130000020597091071");
  expect(minter.annualProvisions.toString()).toBe("650000102985.455355000000000000");
  expect(blockProvision(minter, DEFAULT_MINT_PARAMS)).toBe(102_986n);
});

test("inflation stays within its limits and moves towards the goal", () => {
  const ratio = fc.bigInt({ min: 0n, max: 100n }).map((percent) => Dec.withPlaces(percent, 2));
  const inflation = fc.bigInt({ min: 7n, max: 20n }).map((percent) => Dec.withPlaces(percent, 2));
  fc.assert(
    fc.property(ratio, inflation, (bonded, before) => {
      const minter = { inflation: before, annualProvisions: Dec.ZERO };
      const after = nextMinter(minter, DEFAULT_MINT_PARAMS, bonded, 1000n * M).inflation;
      expect(after.gte(DEFAULT_MINT_PARAMS.inflationMin)).toBe(true);
      expect(after.lte(DEFAULT_MINT_PARAMS.inflationMax)).toBe(true);
      if (bonded.lt(DEFAULT_MINT_PARAMS.goalBonded)) expect(after.gte(before)).toBe(true);
      if (bonded.gt(DEFAULT_MINT_PARAMS.goalBonded)) expect(after.lte(before)).toBe(true);
    }),
  );
});

test("each block mints to the fee collector and tells how much", () => {
  const chain = createStakeChain({ tokens: [1000n * M] });
  const supply = chain.bank.getSupply(chain.ctx, "stake");
  const ctx = chain.beginBlock(chain.ctx);
  const minted = chain.bank.getSupply(ctx, "stake") - supply;
  expect(minted).toBeGreaterThan(0n);
  const event = ctx.events.events.find(({ type }) => type === "mint")!;
  expect(event.attributes.map(({ key }) => key)).toEqual([
    "bonded_ratio",
    "inflation",
    "annual_provisions",
    "amount",
  ]);
  expect(event.attributes[0]!.value).toBe("1.000000000000000000");
  expect(event.attributes[3]!.value).toBe(minted.toString());
  const route = chain.modules
    .flatMap(({ queries }) => queries ?? [])
    .find(({ path }) => path === "/cosmos.mint.v1beta1.Query/Inflation")!;
  const { inflation } = QueryInflationResponse.decode(
    route.run(ctx, QueryInflationRequest.encode({}).finish()),
  );
  expect(Dec.fromWire(fromUtf8(inflation)).toString()).toBe(event.attributes[1]!.value);
});

test("params are changed by the authority alone and checked", () => {
  const chain = createStakeChain({ tokens: [1000n * M] });
  const update = (authority: string) =>
    chain.send(chain.ctx, MsgUpdateParams, { authority, params: mintParamsToProto(DEFAULT_MINT_PARAMS) });
  try {
    update(chain.acc(0));
    throw new Error("not refused");
  } catch (error) {
    expect((error as CodedError).code).toBe(13);
  }
  update(chain.authority);
  const broken = [
    { mintDenom: " " },
    { blocksPerYear: 0n },
    { goalBonded: Dec.ZERO },
    { inflationMin: Dec.withPlaces(3n, 1) },
    { inflationMax: Dec.withPlaces(11n, 1) },
  ];
  for (const change of broken) {
    expect(() => assertMintParams({ ...DEFAULT_MINT_PARAMS, ...change })).toThrow();
  }
});
