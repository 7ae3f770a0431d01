import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseTopology, topologyJsonSchema } from "@tandem-ics/localnet";

const file = join(__dirname, "../../docs/topology.schema.json");

test("the JSON schema of topology files is the one that the reader checks by", () => {
  const fresh = `${JSON.stringify(topologyJsonSchema(), null, 2)}\n`;
  if (process.env["UPDATE_SCHEMA"] === "1") writeFileSync(file, fresh);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(fresh));
});

test.each(["default", "one-consumer", "hub", "cometbft"])("localnet/%s.yaml is a topology", (name) => {
  const text = readFileSync(join(__dirname, `../../localnet/${name}.yaml`), "utf8");
  expect(parseTopology(text).consumers.length).toBeGreaterThan(0);
});
