/** Errors beside those that the Go modules register (`testing/go-errors.json`, read from interchain-security v7.0.1). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrorKind } from "@tandem-ics/runtime";
import { consumerErrors } from "../consumer/errors.ts";
import { providerErrors } from "../provider/errors.ts";
import { ccvErrors } from "./errors.ts";

const registered = JSON.parse(readFileSync(join(__dirname, "../testing/go-errors.json"), "utf8")) as Record<
  string,
  Record<string, string>
>;

test.each<[string, Readonly<Record<string, ErrorKind>>]>([
  ["CCV", ccvErrors],
  ["provider", providerErrors],
  ["ccvconsumer", consumerErrors],
])("[interface-3] codespace %s has Go's codes and texts, all of them and no other", (codespace, kinds) => {
  const ours = Object.values(kinds).map((kind) => {
    const error = kind();
    expect([error.codespace, error.message]).toEqual([codespace, kind.text]);
    return [error.code.toString(), kind.text];
  });
  expect(Object.fromEntries(ours)).toEqual(registered[codespace]);
  expect(ours).toHaveLength(Object.keys(registered[codespace]!).length);
});

test("[interface-3] an error tells its detail before its text", () => {
  expect(ccvErrors.invalidPacketData("no power").message).toBe("no power: invalid CCV packet data");
});
