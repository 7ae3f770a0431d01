/** The client of the chain itself: it reads its own store, so that a proof is nothing but a sentinel (ICS-09, v10). */
import { equalBytes } from "@tandem-ics/crypto";
import type { Context } from "@tandem-ics/runtime";
import { clientErrors } from "../02-client/errors.ts";
import type { LightClientModule, StateProof } from "../02-client/light-client.ts";
import { selfHeight } from "../02-client/self-height.ts";
import { commitmentErrors } from "../23-commitment/errors.ts";
import { IBC_STORE, LOCALHOST_CLIENT_ID } from "../24-host/index.ts";
import { hostErrors } from "../24-host/validate.ts";

/** The only accepted "proof". */
export const SENTINEL_PROOF: Uint8Array = Uint8Array.of(1);

function lookUp(ctx: Context, { proof, path }: StateProof): Uint8Array | undefined {
  if (!equalBytes(proof, SENTINEL_PROOF)) throw commitmentErrors.invalidProof("expected the sentinel proof");
  const [, key] = path;
  if (path.length !== 2 || key === undefined) throw hostErrors.invalidPath("path must be of length 2");
  return ctx.kv(IBC_STORE).get(key);
}

const unsupported = (what: string) =>
  clientErrors.updateClientFailed(`${what} is unsupported by the localhost client`);

/** The light client module of the chain's own state. It has no stored state and no messages. */
export const createLocalhostLightClient = (): LightClientModule<never> => ({
  clientType: LOCALHOST_CLIENT_ID,
  clientStateTypeUrl: undefined,
  consensusStateTypeUrl: undefined,
  messageTypeUrls: [],
  validateClientState() {
    throw unsupported("a client state");
  },
  validateConsensusState() {
    throw unsupported("a consensus state");
  },
  decodeMessage() {
    throw unsupported("client message verification");
  },
  validateMessage() {
    throw unsupported("client message verification");
  },
  initialize() {
    throw clientErrors.clientExists("localhost is stateless and cannot be initialized");
  },
  verifyMessage() {
    throw unsupported("client message verification");
  },
  checkForMisbehaviour: () => false,
  updateStateOnMisbehaviour() {},
  updateState: (ctx) => [selfHeight(ctx)],
  verifyMembership(ctx, _clientId, claim, value) {
    const stored = lookUp(ctx, claim);
    if (stored === undefined) throw clientErrors.failedMembershipVerification("value not found");
    if (!equalBytes(stored, value))
      throw clientErrors.failedMembershipVerification("value provided does not equal value stored");
  },
  verifyNonMembership(ctx, _clientId, claim) {
    if (lookUp(ctx, claim) !== undefined) throw clientErrors.failedNonMembershipVerification("value found");
  },
  status: () => "Active",
  latestHeight: (ctx) => selfHeight(ctx),
  timestampAt: (ctx) => ctx.timeNs,
  recover() {
    throw unsupported("recovery");
  },
  upgrade() {
    throw clientErrors.invalidUpgradeClient("cannot upgrade localhost client");
  },
});
