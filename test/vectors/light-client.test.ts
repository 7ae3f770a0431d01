/** What ibc-go's 07-tendermint client accepts, refuses and stores, case by case. */

import { fromBase64, fromHex, toHex, utf8 } from "@tandem-ics/crypto";
import {
  type ClientMessage,
  clientStore,
  createIbcModule,
  createTendermintLightClient,
  formatHeight,
  type Height,
  parseHeight,
  revisionOf,
} from "@tandem-ics/ibc";
import { parseTimestamp } from "@tandem-ics/proto";
import { CodedError, type Context, createAddressCodecs, createTestContext } from "@tandem-ics/runtime";
import { Any } from "cosmjs-types/google/protobuf/any";
import { describeEach, presenceTest, testEach } from "../each.ts";
import { hasKeys, vectorFiles } from "./load.ts";

interface Expectation {
  readonly verdict: "invalid-basic" | "not-active" | "rejected" | "frozen" | "updated";
  readonly status?: string;
  readonly consensusHeights?: readonly string[];
  readonly error?: { readonly codespace: string; readonly code: number };
  readonly storeAfter: readonly string[];
}

interface Case {
  readonly name: string;
  readonly now: string;
  readonly selfChainId: string;
  readonly selfHeight: string;
  readonly clientState: string;
  readonly consensusStates: readonly { readonly height: string; readonly any: string }[];
  readonly clientMessage: string;
  readonly expect: Expectation;
}

const CLIENT_ID = "07-tendermint-0";
const light = createTendermintLightClient();
const { client, module: ibc } = createIbcModule({
  address: createAddressCodecs("cosmos").account,
  authority: "",
});

/** The client as the case describes it, its states stored 100 s and 10 blocks ago. */
function prepare(vector: Case): Context {
  const timeNs = parseTimestamp(vector.now);
  const height = BigInt(vector.selfHeight);
  const ctx = createTestContext({ stores: [ibc], chainId: vector.selfChainId, height, timeNs });
  client.setParams(ctx, { allowedClients: ["*"] });
  const store = clientStore(ctx, CLIENT_ID);
  store.set(utf8("clientState"), fromBase64(vector.clientState));
  for (const { height: text, any } of vector.consensusStates) {
    const key = `consensusStates/${text}`;
    const at = parseHeight(text)!;
    store.set(utf8(key), fromBase64(any));
    store.set(utf8(`${key}/processedTime`), be64(timeNs - 100_000_000_000n));
    store.set(utf8(`${key}/processedHeight`), utf8(`${revisionOf(vector.selfChainId)}-${height - 10n}`));
    store.set(iterationKey(at), utf8(key));
  }
  return ctx;
}

const be64 = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(16, "0"));
const iterationKey = ({ revisionNumber, revisionHeight }: Height): Uint8Array =>
  Uint8Array.from([...utf8("iterateConsensusStates"), ...be64(revisionNumber), ...be64(revisionHeight)]);

interface Outcome {
  readonly verdict: Expectation["verdict"];
  readonly error?: CodedError;
  readonly heights?: readonly string[];
}

function attempt(verdict: Expectation["verdict"], act: () => void): Outcome | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { verdict, error };
  }
}

/** The steps of an update, as the message handler takes them. */
function apply(ctx: Context, bytes: Uint8Array): Outcome {
  const { content } = client.decodeMessage(Any.decode(bytes)) as ClientMessage;
  const message = content as ReturnType<typeof light.decodeMessage>;
  const refused =
    attempt("invalid-basic", () => light.validateMessage(message)) ??
    (light.status(ctx, CLIENT_ID) === "Active" ? undefined : { verdict: "not-active" as const }) ??
    attempt("rejected", () => light.verifyMessage(ctx, CLIENT_ID, message));
  if (refused !== undefined) return refused;
  if (light.checkForMisbehaviour(ctx, CLIENT_ID, message)) {
    light.updateStateOnMisbehaviour(ctx, CLIENT_ID, message);
    return { verdict: "frozen" };
  }
  return { verdict: "updated", heights: light.updateState(ctx, CLIENT_ID, message).map(formatHeight) };
}

const files = vectorFiles(
  (json) => hasKeys("cases")(json) && hasKeys("clientMessage")((json as { cases: unknown[] }).cases[0]),
);

presenceTest("there are vectors of the light client", () => {
  expect(files.length).toBeGreaterThan(0);
});

describeEach(files)("light client vectors $path", ({ json }) => {
  testEach((json.cases as Case[]).map((vector) => [vector.name, vector] as const))("%s", (_name, vector) => {
    const ctx = prepare(vector);
    const { expect: wanted } = vector;
    const outcome = apply(ctx, fromBase64(vector.clientMessage));
    expect(outcome.verdict).toBe(wanted.verdict);
    if (wanted.consensusHeights !== undefined) expect(outcome.heights).toEqual(wanted.consensusHeights);
    if (wanted.status !== undefined && wanted.verdict === "not-active")
      expect(light.status(ctx, CLIENT_ID)).toBe(wanted.status);
    if (wanted.error !== undefined && wanted.error.codespace !== "undefined")
      expect([outcome.error?.codespace, outcome.error?.code]).toEqual([
        wanted.error.codespace,
        wanted.error.code,
      ]);
    const after = Array.from(
      clientStore(ctx, CLIENT_ID).iterate(),
      ([key, value]) => `${toHex(key)}=${toHex(value)}`,
    );
    expect(after.sort()).toEqual([...wanted.storeAfter].sort());
  });
});
