import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseTopology, topologyJsonSchema } from "@tandem-ics/localnet";

const file = join(__dirname, "../../docs/topology.schema.json");

test("the JSON schema of topology files is the one that the reader checks by", () => {
  const fresh = `${JSON.stringify(topologyJsonSchema(), null, 2)}\n`;
  if (process.env["UPDATE_SCHEMA"] === "1") writeFileSync(file, fresh);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(fresh));
});

const shipped = readdirSync(join(__dirname, "../../localnet"));

test.each(shipped)("localnet/%s is a topology", (name) => {
  const { consumers, chains } = parseTopology(
    readFileSync(join(__dirname, "../../localnet", name), "utf8"),
    name,
  );
  expect(consumers.length + chains.length).toBeGreaterThan(0);
});

const guide = readFileSync(join(__dirname, "../../docs/topology.md"), "utf8");
const examples = [...guide.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text!);

test("every YAML example of the guide is a topology", () => {
  expect(examples.length).toBeGreaterThan(2);
  for (const text of examples) expect(() => parseTopology(text, "docs/topology.md")).not.toThrow();
});
