/** Recorded events against those that our chains emit: the same attributes in the same order. */

import type { JsonObject } from "@tandem-ics/comet";
import { testEach } from "../each.ts";
import { recordedEvents } from "./files.ts";
import { chainOf, createNetwork, eventsOf, type Network } from "./subject.ts";

let network: Network;
const missing = new Set<string>();

beforeAll(async () => {
  network = await createNetwork({ eventful: true });
}, 60_000);
afterAll(async () => {
  await network?.stop();
  if (missing.size > 0)
    process.stdout.write(
      `events that did not happen on the network:\n${[...missing].map((m) => `  ${m}\n`).join("")}`,
    );
});

// These two say where an event was emitted, in a message or at a block's begin or end.
const PLACE = new Set(["msg_index", "mode"]);

/** Attribute names in order. */
const keysOf = (attributes: readonly { readonly key: string }[]): string[] =>
  attributes.map(({ key }) => key).filter((key) => !PLACE.has(key));

/** Whether all of `part` stands in `whole`, in the same order. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const key of whole) if (key === part[at]) at++;
  return at === part.length;
}

// Attributes may be left out where there is nothing to say, but none may be added or moved.
const fits = (made: readonly string[], recorded: readonly string[]): boolean =>
  isWithin(made, recorded) || isWithin(recorded, made);

const files = recordedEvents();
(files.length > 0 ? describe : describe.skip)("events", () => {
  testEach(files.map(({ name, json }) => [name, json] as const))("%s", (name, recorded) => {
    const ours = eventsOf(chainOf(network, name));
    for (const { event } of recorded) {
      const { type, attributes } = event as { type: string; attributes: { key: string }[] } & JsonObject;
      const made = ours.filter((other) => other.type === type).map((other) => keysOf(other.attributes));
      if (made.length === 0) missing.add(`${name}: ${type}`);
      else expect(made.some((keys) => fits(keys, keysOf(attributes))) || { type, made }).toBe(true);
    }
  });
});
