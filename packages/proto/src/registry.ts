/** Types by type URL: messages that travel inside an Any, the interfaces they implement, their codecs and names. */
import "./codec-repair.ts";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { hasMessage, messageDescriptor, messageNames, methods } from "./descriptor.ts";
import { ProtoError } from "./errors.ts";
import { CODECS } from "./gen/codecs.ts";
import type { MessageCodec } from "./wire.ts";

/** A type that may be packed into an Any. */
export type RegisteredType = { readonly typeName: string; readonly codec: MessageCodec };

const ics = (name: string): string => `interchain_security.ccv.provider.v1.${name}`;
const tendermintClient = (name: string): string => `ibc.lightclients.tendermint.v1.${name}`;

/** Go interface → full names of the types registered for it by the SDK, ibc-go and interchain-security modules. */
const INTERFACES: Readonly<Record<string, readonly string[]>> = {
  "cosmos.crypto.PubKey": [
    "cosmos.crypto.secp256k1.PubKey",
    "cosmos.crypto.secp256r1.PubKey",
    "cosmos.crypto.ed25519.PubKey",
    "cosmos.crypto.multisig.LegacyAminoPubKey",
  ],
  "cosmos.crypto.PrivKey": ["cosmos.crypto.secp256k1.PrivKey", "cosmos.crypto.ed25519.PrivKey"],
  "cosmos.auth.v1beta1.AccountI": [
    "cosmos.auth.v1beta1.BaseAccount",
    "cosmos.auth.v1beta1.ModuleAccount",
    "cosmos.vesting.v1beta1.BaseVestingAccount",
    "cosmos.vesting.v1beta1.ContinuousVestingAccount",
    "cosmos.vesting.v1beta1.DelayedVestingAccount",
    "cosmos.vesting.v1beta1.PeriodicVestingAccount",
    "cosmos.vesting.v1beta1.PermanentLockedAccount",
  ],
  "cosmos.evidence.v1beta1.Evidence": ["cosmos.evidence.v1beta1.Equivocation"],
  "cosmos.gov.v1beta1.Content": [
    "cosmos.gov.v1beta1.TextProposal",
    "cosmos.distribution.v1beta1.CommunityPoolSpendProposal",
    "cosmos.params.v1beta1.ParameterChangeProposal",
    "cosmos.upgrade.v1beta1.SoftwareUpgradeProposal",
    "cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal",
    ics("ConsumerAdditionProposal"),
    ics("ConsumerRemovalProposal"),
    ics("ConsumerModificationProposal"),
    ics("EquivocationProposal"),
    ics("ChangeRewardDenomsProposal"),
  ],
  "cosmos.authz.v1beta1.Authorization": [
    "cosmos.authz.v1beta1.GenericAuthorization",
    "cosmos.bank.v1beta1.SendAuthorization",
    "cosmos.staking.v1beta1.StakeAuthorization",
    "ibc.applications.transfer.v1.TransferAuthorization",
  ],
  "cosmos.feegrant.v1beta1.FeeAllowanceI": [
    "cosmos.feegrant.v1beta1.BasicAllowance",
    "cosmos.feegrant.v1beta1.PeriodicAllowance",
    "cosmos.feegrant.v1beta1.AllowedMsgAllowance",
  ],
  // a transaction found by its hash is shown so
  "cosmos.tx.v1beta1.Tx": ["cosmos.tx.v1beta1.Tx"],
  "ibc.core.client.v1.ClientState": [tendermintClient("ClientState")],
  "ibc.core.client.v1.ConsensusState": [tendermintClient("ConsensusState")],
  "ibc.core.client.v1.ClientMessage": [tendermintClient("Header"), tendermintClient("Misbehaviour")],
};

const MSG_INTERFACE = "cosmos.base.v1beta1.Msg";
const isMsgName = (typeName: string): boolean => /(^|\.)Msg[^.]*$/.test(typeName);

/** A transaction message and where its signers are. */
export type MsgType = { readonly typeUrl: string; readonly signers: readonly string[] };

/** Every transaction message, also those of ICS that have no handler any more, sorted by type URL. */
export const msgTypes: readonly MsgType[] = messageNames()
  .filter((name) => isMsgName(name) && !name.endsWith("Response"))
  .map((name) => ({ typeUrl: `/${name}`, signers: messageDescriptor(name).signers }))
  .filter(({ signers }) => signers.length > 0);

const msgResponses = methods()
  .filter(({ service }) => service.endsWith(".Msg"))
  .map(({ response }) => response);

/** Codec of any described message, from cosmjs-types or from this package. Throws {@link ProtoError} `unknown-type`. */
export function codecOf(typeName: string): MessageCodec {
  const codec = Object.hasOwn(CODECS, typeName) ? CODECS[typeName] : undefined;
  if (codec === undefined)
    throw new ProtoError("unknown-type", `unknown message type ${JSON.stringify(typeName)}`);
  return codec;
}

/** Types that an Any may contain, by type URL: messages and their responses, keys, accounts, client states, … */
export const typeRegistry: ReadonlyMap<string, RegisteredType> = new Map(
  [
    ...msgTypes.map(({ typeUrl }) => typeUrl.slice(1)),
    ...msgResponses,
    ...Object.values(INTERFACES).flat(),
  ].map((typeName) => [`/${typeName}`, { typeName, codec: codecOf(typeName) }]),
);

/** The registered type of a type URL. Throws {@link ProtoError} `unknown-type`. */
export function registeredType(typeUrl: string): RegisteredType {
  const found = typeRegistry.get(typeUrl);
  if (found === undefined) throw new ProtoError("unknown-type", `unable to resolve type URL ${typeUrl}`);
  return found;
}

/** Names of the interfaces in the registry; `cosmos.base.v1beta1.Msg` is the one of all transaction messages. */
export const interfaceNames = (): string[] => [...Object.keys(INTERFACES), MSG_INTERFACE].sort();

/** Type URLs registered for an interface such as `cosmos.crypto.PubKey`; empty if the interface is unknown. */
export function implementationsOf(interfaceName: string): string[] {
  if (interfaceName === MSG_INTERFACE) return msgTypes.map(({ typeUrl }) => typeUrl);
  return (INTERFACES[interfaceName] ?? []).map((name) => `/${name}`);
}

/** Packs a message of a registered type. */
export const encodeAny = (typeUrl: string, message: unknown): Any => ({
  typeUrl,
  value: registeredType(typeUrl).codec.encode(message).finish(),
});

/**
 * Unpacks an Any; with `accepts`, only types registered for that interface (`cosmos.crypto.PubKey`). Throws
 * {@link ProtoError} `unknown-type`, and `bad-wire` for undecodable bytes.
 */
export function decodeAny(
  any: Any,
  accepts?: string,
): { typeUrl: string; typeName: string; message: unknown } {
  const { typeName, codec } = registeredType(any.typeUrl);
  if (accepts !== undefined && !implementationsOf(accepts).includes(any.typeUrl)) {
    throw new ProtoError("unknown-type", `${any.typeUrl} is not a ${accepts}`);
  }
  try {
    return { typeUrl: any.typeUrl, typeName, message: codec.decode(any.value) };
  } catch (cause) {
    throw new ProtoError(
      "bad-wire",
      `${typeName}: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

/** Legacy amino name, or the type URL for types without one (all of ICS, most of IBC). */
export function aminoName(typeUrl: string): string {
  const typeName = typeUrl.slice(1);
  return (hasMessage(typeName) ? messageDescriptor(typeName).aminoName : undefined) ?? typeUrl;
}

let byAminoName: ReadonlyMap<string, string> | undefined;

/** Type URL of a registered type by its amino name (or its type URL). Throws {@link ProtoError} `unknown-type`. */
export function typeUrlOfAminoName(name: string): string {
  byAminoName ??= new Map([...typeRegistry.keys()].map((typeUrl) => [aminoName(typeUrl), typeUrl]));
  const typeUrl = byAminoName.get(name);
  if (typeUrl === undefined)
    throw new ProtoError("unknown-type", `unknown amino type ${JSON.stringify(name)}`);
  return typeUrl;
}
