/** What happens on the twins' chain before they are asked: values of all kinds that queries compare with. */

import { keyPairOfSeed } from "@tandem-ics/comet";
import { sha256, toBase64, utf8 } from "@tandem-ics/crypto";
import { twinTx } from "./twin-app.ts";
import type { Twins } from "./twins.ts";

/**
 * Values under one tag, `app.value`, an event each. None has a slash: CometBFT cuts its keys there, so that `5` finds `5/6` too,
 * which ours does not.
 */
export const VALUES = [
  "0", "1", "5", "05", "+5", "-5", "5.0", "5.5", "5.", ".5", "1e3", "0x10", "0b11", "1_000", "5stake", "10stake,20atom", "stake",
  " 7", "7 ", "1e-2", "Inf", "inf", "-inf", "NaN", "99999999999999999999", "9007199254740993", "0.1", "0.10", "",
  "2023-05-03", "2023-05-03T14:45:00Z", "2023-05-03T14:45:00.5Z", "2023-05-03T16:45:00+02:00", "it's", 'quo"te', "<&>", "é", "日本", "a b", "AND", "true",
  "x".repeat(300), "line\nbreak", "tab\tbed", "back\\slash", "\u0001", "\u2028", "%41", "5e", "1e400", "00", "1.5e1",
] as const; // biome-ignore format: a list of words

/** Sends it all: some dozen blocks. */
export async function fillTwins(twins: Twins): Promise<void> {
  await twins.send(
    twinTx("first", {
      events: [
        ["transfer", ["sender", "alice"], ["recipient", "bob"], ["amount", "100stake"]],
        ["transfer", ["sender", "carol"], ["recipient", "dave"], ["amount", "7stake"]],
        [
          "message",
          ["action", "/cosmos.bank.v1beta1.MsgSend"],
          ["sender", "alice"],
          ["hidden", "secret", false],
        ],
        ["twice", ["k", "1"], ["k", "2"], ["k", "2"]],
        ["", ["untyped", "1"]],
        ["keyless", ["", "1"], ["key", "1"]],
        ["lonely"],
        ["dotted.type", ["key", "1"], ["key.sub", "2"]],
      ],
      block: [
        ["epoch", ["number", "1"], ["name", "day"]],
        ["epoch", ["number", "2"], ["name", "week"]],
      ],
    }),
  );
  await twins.send("plain=1", "plain=2", "other=value with spaces", "unicode=日本");
  await twins.send(
    twinTx("second", {
      events: [
        ["transfer", ["sender", "alice"], ["recipient", "dave"], ["amount", "250stake"]],
        ["transfer", ["sender", "bob"], ["recipient", "carol"], ["amount", "0.5stake"]],
      ],
      block: [["epoch", ["number", "3"], ["name", "day"]]],
    }),
    twinTx("third", {
      code: 3,
      events: [["transfer", ["sender", "alice"], ["recipient", "bob"], ["amount", "1"]]],
    }),
  );
  await twins.send(
    ...VALUES.map((value, i) =>
      twinTx(`value${i}`, {
        events: [["app", ["value", value], ["n", String(i)]]],
        block: [["app", ["value", value], ["n", String(i)]]],
      }),
    ),
  );
  for (let i = 0; i < 3; i++) await twins.send(`later${i}=${i}`);
  const { publicKey } = keyPairOfSeed(sha256(utf8("second validator")));
  await twins.send(`val:${toBase64(publicKey)}!1`);
  for (let i = 0; i < 3; i++) await twins.send(`end${i}=${i}`);
}
