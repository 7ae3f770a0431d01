/** What a provider says no to before a consumer is launched: codes and texts of Go's, which ours repeats. */
import { type MsgCreateConsumer, type MsgOptIn, nsToDuration } from "@tandem-ics/proto";
import { assignKey, createConsumer, optIn, optOut, removeConsumer, updateSpawn } from "./mixed-messages.ts";
import { type Refusal, refusal } from "./mixed-world.ts";
import type { Pair } from "./subjects.ts";

/** How the text of every refusal of a transaction's first message begins. */
export const AT_FIRST = "failed to execute message; message index: 0: ";
/** Text of `provider/27`. */
export const WRONG_PHASE = "cannot perform action in the current phase of consumer chain";
const KEY_IN_USE = "consumer key is already in use by a validator";

/** Tries them all. */
export async function refusalsBeforeLaunch({ provider: p, consumer: c }: Pair, id: string): Promise<void> {
  const [owner, user] = [(await p.sender("owner")).address, (await p.sender("user")).address];
  const no = (code: string, text: string): Refusal => ({ code, log: `${AT_FIRST}${text}` });

  expect(await refusal(p, "bob", await optIn(p, "bob", "7"))).toEqual(
    no(
      "provider/27",
      `cannot opt in to a consumer chain that is not in the registered, initialized, or launched phase: 7: ${WRONG_PHASE}`,
    ),
  );
  expect(await refusal(p, "user", await optIn(p, "user", id))).toEqual(
    no("staking/3", "validator does not exist"),
  );
  expect(await refusal(p, "bob", await optOut(p, "bob", id))).toEqual(
    no("provider/27", `opting out of a consumer chain not yet launched, consumerId(${id}): ${WRONG_PHASE}`),
  );
  expect(await refusal(p, "user", await updateSpawn(p, "user", id, 0n))).toEqual(
    no("provider/25", `expected owner address ${owner}, got ${user}: unauthorized`),
  );
  expect(await refusal(p, "owner", await removeConsumer(p, "owner", id))).toEqual(
    no("provider/27", `chain with consumer id: ${id} has to be in its launched phase: ${WRONG_PHASE}`),
  );
  expect(await refusal(p, "owner", await createConsumer(p, "owner", "consumer-3", 0n))).toEqual(
    no(
      "provider/30",
      "cannot set consumer initialization parameters: invalid initial height for consumer id (1): " +
        "chain ID (consumer-3) doesn't match revision number (1): invalid consumer initialization parameters",
    ),
  );
  const soon = await createConsumer(p, "owner", "consumer-3", 0n);
  const { initializationParameters: init } = soon.value as MsgCreateConsumer;
  const now = { ...soon.value, initializationParameters: { ...init, ccvTimeoutPeriod: nsToDuration(0n) } };
  // Refused before it is in a block, so that nothing stands before the text.
  expect(await refusal(p, "owner", { ...soon, value: now })).toEqual({
    code: "provider/44",
    log:
      "InitializationParameters: CcvTimeoutPeriod: duration must be positive: " +
      "invalid consumer initialization parameters: invalid create consumer message",
  });
  const bobs = await optIn(p, "bob", id);
  expect(await refusal(p, "user", { ...bobs, value: { ...bobs.value, signer: user } })).toEqual({
    code: "provider/49",
    log:
      `ProviderAddr: ValAddress converted to AccAddress (${(bobs.value as MsgOptIn).signer}) must match ` +
      `the signer address (${user}): invalid opt in message`,
  });
  for (const [key, text] of [
    ["carol", `a validator has or had assigned this consumer key already: ${KEY_IN_USE}`],
    ["alice", `a different validator already uses the consumer key: ${KEY_IN_USE}`],
  ] as const)
    expect(await refusal(p, "bob", await assignKey(p, "bob", id, c.keyOf(key).publicKey))).toEqual(
      no("provider/10", text),
    );
  expect(await refusal(p, "bob", await assignKey(p, "bob", id, c.keyOf("bob").publicKey))).toEqual(
    no(
      "provider/11",
      "a validator cannot assign the default key assignment unless its key on that consumer has already been " +
        "assigned: cannot re-assign default key assignment",
    ),
  );
}
