/** Clients of one chain on another: made, moved on and given evidence by messages; claims proven and asked about. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { type ChainClient, callRpc } from "@tandem-ics/client";
import { fromBase64, toHex, utf8 } from "@tandem-ics/crypto";
import { nsToDuration } from "@tandem-ics/proto";
import type { Endpoint } from "@tandem-ics/relayer";
import { encodeProofSpec, PROOF_SPECS } from "@tandem-ics/store/ics23";
import { CommitmentProof, ProofSpec } from "cosmjs-types/cosmos/ics23/v1/proofs";
import type { Height } from "cosmjs-types/ibc/core/client/v1/client";
import { QueryVerifyMembershipRequest } from "cosmjs-types/ibc/core/client/v1/query";
import { MsgCreateClient, MsgUpdateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import { MerkleProof } from "cosmjs-types/ibc/core/commitment/v1/commitment";
import {
  Header as ClientHeader,
  ClientState,
  ConsensusState,
  Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";

const TYPE = "/ibc.lightclients.tendermint.v1";
const SECOND_NS = 1_000_000_000n;
const TRUSTING_NS = 2_000n * SECOND_NS;
const UNBONDING_NS = 3_600n * SECOND_NS;
const DRIFT_NS = 10n * SECOND_NS;

/** Makes a client of `target` on `host` that trusts the header at `height`; gives its id. */
export async function createLightClient(
  host: Endpoint,
  target: ChainClient,
  height: bigint,
): Promise<string> {
  const { header } = await target.signedHeader(height);
  if (header === undefined) throw new Error(`${target.chainId} gave no header ${height}`);
  const state = ClientState.fromPartial({
    chainId: target.chainId,
    trustLevel: { numerator: 1n, denominator: 3n },
    trustingPeriod: nsToDuration(TRUSTING_NS),
    unbondingPeriod: nsToDuration(UNBONDING_NS),
    maxClockDrift: nsToDuration(DRIFT_NS),
    frozenHeight: { revisionNumber: 0n, revisionHeight: 0n },
    latestHeight: target.heightOf(height),
    proofSpecs: PROOF_SPECS.map((spec) => ProofSpec.decode(encodeProofSpec(spec))),
    upgradePath: ["upgrade", "upgradedIBCState"],
  });
  const consensus = ConsensusState.fromPartial({
    timestamp: header.time,
    root: { hash: header.appHash },
    nextValidatorsHash: header.nextValidatorsHash,
  });
  const { events } = await host.sender.send([
    {
      typeUrl: MsgCreateClient.typeUrl,
      value: MsgCreateClient.fromPartial({
        clientState: { typeUrl: `${TYPE}.ClientState`, value: ClientState.encode(state).finish() },
        consensusState: {
          typeUrl: `${TYPE}.ConsensusState`,
          value: ConsensusState.encode(consensus).finish(),
        },
        signer: host.sender.address,
      }),
    },
  ]);
  const created = events.find(({ type }) => type === "create_client");
  const id = created?.attributes.find(({ key }) => key === "client_id")?.value;
  if (id === undefined) throw new Error(`${host.chain.chainId} tells no client id`);
  return id;
}

const messageTo = (clientId: string, signer: string, typeUrl: string, value: Uint8Array): EncodeObject => ({
  typeUrl: MsgUpdateClient.typeUrl,
  value: MsgUpdateClient.fromPartial({ clientId, clientMessage: { typeUrl, value }, signer }),
});

/** The message that gives a client a header. */
export const updateMessage = (clientId: string, signer: string, header: ClientHeader): EncodeObject =>
  messageTo(clientId, signer, `${TYPE}.Header`, ClientHeader.encode(header).finish());

/** The message that gives a client two headers of one height. */
export const misbehaviourMessage = (
  clientId: string,
  signer: string,
  header1: ClientHeader,
  header2: ClientHeader,
): EncodeObject =>
  messageTo(
    clientId,
    signer,
    `${TYPE}.Misbehaviour`,
    Misbehaviour.encode(Misbehaviour.fromPartial({ clientId, header1, header2 })).finish(),
  );

/** Something in a chain's state, with its proof. */
export interface Claim {
  readonly store: string;
  readonly key: Uint8Array;
  /** Empty when there is nothing under the key. */
  readonly value: Uint8Array;
  /** Encoded `MerkleProof`. */
  readonly proof: Uint8Array;
  /** Height of the header whose app hash is the root. */
  readonly height: Height;
}

interface AbciQueryAnswer {
  response: {
    code?: number;
    log?: string;
    value: string | null;
    proofOps: { ops: { data: string }[] } | null;
  };
}

/** What lies under `key` of any store, provable against the header at `height`, which must exist. */
export async function prove(
  chain: ChainClient,
  store: string,
  key: Uint8Array | string,
  height: bigint,
): Promise<Claim> {
  const bytes = typeof key === "string" ? utf8(key) : key;
  const { response } = (await callRpc(chain.rpc, "abci_query", {
    path: `/store/${store}/key`,
    data: toHex(bytes),
    height: (height - 1n).toString(),
    prove: true,
  })) as AbciQueryAnswer;
  if (response.code) throw new Error(`${chain.chainId}: no proof in ${store}: ${response.log}`);
  const proofs = (response.proofOps?.ops ?? []).map(({ data }) => CommitmentProof.decode(fromBase64(data)));
  return {
    store,
    key: bytes,
    value: response.value ? fromBase64(response.value) : new Uint8Array(),
    proof: MerkleProof.encode({ proofs }).finish(),
    height: chain.heightOf(height),
  };
}

/** Whether `host` says, by the light client `clientId`, that a claim of existence is true. An error is a no. */
export async function isMember(host: ChainClient, clientId: string, claim: Claim): Promise<boolean> {
  const request = QueryVerifyMembershipRequest.fromPartial({
    clientId,
    proof: claim.proof,
    proofHeight: claim.height,
    merklePath: { keyPath: [utf8(claim.store), claim.key] },
    value: claim.value,
  });
  try {
    return (await host.query.ibcClient.VerifyMembership(request)).success;
  } catch {
    return false;
  }
}
