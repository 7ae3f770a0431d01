/** Contents of old proposals: what they name themselves, whether they are well formed, who carries them out (SDK x/gov `types/v1beta1`). */
import { utf8 } from "@tandem-ics/crypto";
import { decodeAny, implementationsOf, ProtoError } from "@tandem-ics/proto";
import { CodedError, type Context, plainError, sdkErrors } from "@tandem-ics/runtime";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { govErrors } from "./errors.ts";

/** Interface that contents implement. */
const CONTENT_INTERFACE = "cosmos.gov.v1beta1.Content";
/** Interface that messages implement. */
export const MSG_INTERFACE = "cosmos.base.v1beta1.Msg";
const MAX_TITLE_BYTES = 140;
const MAX_DESCRIPTION_BYTES = 10_000;

/** A content that is unpacked. */
export interface LegacyContent {
  readonly typeUrl: string;
  readonly title: string;
  readonly description: string;
  /** The message itself. */
  readonly message: unknown;
  readonly kind: ContentKind;
}

/** Carries out a content. Throws CodedError. */
export type LegacyHandler = (ctx: Context, content: LegacyContent) => void;

/** What is known of a type of content. */
export interface ContentKind {
  /** Under which the application registers who carries it out. */
  readonly route: string;
  /** Type as it names itself. */
  readonly proposalType: string;
  /** Whether the old message makes proposals of it. */
  readonly proposable: boolean;
  /** ValidateBasic. Throws CodedError. */
  validate(content: LegacyContent): void;
}

/** Throws `gov/5` for a title or description that is blank or too long. */
export function assertTexts({ title, description }: LegacyContent): void {
  if (title.trim() === "") throw govErrors.invalidProposalContent("proposal title cannot be blank");
  if (utf8(title).length > MAX_TITLE_BYTES) {
    throw govErrors.invalidProposalContent(`proposal title is longer than max length of ${MAX_TITLE_BYTES}`);
  }
  if (description === "") throw govErrors.invalidProposalContent("proposal description cannot be blank");
  if (utf8(description).length > MAX_DESCRIPTION_BYTES) {
    throw govErrors.invalidProposalContent(
      `proposal description is longer than max length of ${MAX_DESCRIPTION_BYTES}`,
    );
  }
}

const deprecated = (name: string): ContentKind => ({
  route: "provider",
  proposalType: name,
  proposable: true,
  validate() {
    throw plainError(`${name}Proposal is deprecated`);
  },
});

const ics = (name: string): string => `/interchain_security.ccv.provider.v1.${name}Proposal`;

const plain = (route: string, proposalType: string): ContentKind => ({
  route,
  proposalType,
  proposable: true,
  validate: assertTexts,
});

/** The kinds that the Go application registers, by type URL; params adds its own. */
const KINDS: ReadonlyMap<string, ContentKind> = new Map<string, ContentKind>([
  ["/cosmos.gov.v1beta1.TextProposal", plain("gov", "Text")],
  [
    "/cosmos.distribution.v1beta1.CommunityPoolSpendProposal",
    { ...plain("distribution", "CommunityPoolSpend"), proposable: false },
  ],
  ["/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal", plain("upgrade", "SoftwareUpgrade")],
  ["/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal", plain("upgrade", "CancelSoftwareUpgrade")],
  ...[
    "ConsumerAddition",
    "ConsumerRemoval",
    "ConsumerModification",
    "Equivocation",
    "ChangeRewardDenoms",
  ].map((name) => [ics(name), deprecated(name)] as const),
]);

/** What carries out contents, and the kinds that are not {@link KINDS}. */
export interface LegacyContents {
  readonly kinds: ReadonlyMap<string, ContentKind>;
  readonly handlers: ReadonlyMap<string, LegacyHandler>;
}

/** Texts change nothing. */
export const textHandler: LegacyHandler = (_ctx, { kind }) => {
  if (kind.proposalType !== "Text")
    throw sdkErrors.unknownRequest(`unrecognized gov proposal type: ${kind.proposalType}`);
};

/** Reads a packed value of one interface. Throws `sdk/2`, as the decoder of transactions does. */
export function unpack(any: Any, accepts: string): { readonly typeUrl: string; readonly message: unknown } {
  try {
    return decodeAny(any, accepts);
  } catch (error) {
    if (!(error instanceof ProtoError)) throw error;
    throw sdkErrors.txDecode(error.message, { cause: error });
  }
}

/** Throws `sdk/2` unless `any` holds a content that can be read. */
export const assertContent = (any: Any | undefined): void => {
  if (any !== undefined) unpack(any, CONTENT_INTERFACE);
};

/** Whether values of this type are contents. */
export const isContent = (typeUrl: string): boolean => implementationsOf(CONTENT_INTERFACE).includes(typeUrl);

/** Reads a content. Throws `sdk/2`, and `sdk/29` for a type that is not known as one. */
export function readContent(any: Any, kinds: ReadonlyMap<string, ContentKind>): LegacyContent {
  const { message } = unpack(any, CONTENT_INTERFACE);
  const kind = KINDS.get(any.typeUrl) ?? kinds.get(any.typeUrl);
  if (kind === undefined) throw sdkErrors.invalidType(`expected a content, got ${any.typeUrl}`);
  const { title, description } = message as { title: string; description: string };
  return { typeUrl: any.typeUrl, title, description, message, kind };
}

/** Text of an error as Go's `Error()` gives it. */
export const errorText = (error: unknown): string =>
  error instanceof CodedError || error instanceof Error ? error.message : String(error);
