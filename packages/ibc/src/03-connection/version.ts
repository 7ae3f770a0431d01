/** Versions that two ends of a connection agree on (ICS-03; ibc-go `03-connection/types/version.go`). */
import type { Version } from "cosmjs-types/ibc/core/connection/v1/connection";
import { isBlank } from "../24-host/index.ts";
import { connectionErrors } from "./errors.ts";

/** The only version there is: both orderings of channels. */
export const DEFAULT_VERSION: Version = { identifier: "1", features: ["ORDER_ORDERED", "ORDER_UNORDERED"] };
/** All versions of this implementation, best first. */
export const COMPATIBLE_VERSIONS: readonly Version[] = [DEFAULT_VERSION];

/** Most versions in an OpenTry message: a limit against waste. */
export const MAX_COUNTERPARTY_VERSIONS = 100;
const MAX_FEATURES = 100;

/** Throws `connection/9` for a missing version, a blank identifier or feature, too many features. */
export function validateVersion(version: Version | undefined): asserts version is Version {
  if (version === undefined) throw connectionErrors.invalidVersion("version cannot be nil");
  if (isBlank(version.identifier))
    throw connectionErrors.invalidVersion("version identifier cannot be blank");
  if (version.features.length > MAX_FEATURES)
    throw connectionErrors.invalidVersion(`features length must not exceed ${MAX_FEATURES} items`);
  version.features.forEach((feature, index) => {
    if (isBlank(feature)) throw connectionErrors.invalidVersion(`feature cannot be blank, index ${index}`);
  });
}

/** A version in words, as Go prints messages. */
export const versionText = ({ identifier, features }: Version): string =>
  [
    ...(identifier === "" ? [] : [`identifier:${JSON.stringify(identifier)} `]),
    ...features.map((feature) => `features:${JSON.stringify(feature)} `),
  ].join("");

/** Whether a version permits channels of an ordering such as `ORDER_ORDERED`. */
export const supportsFeature = (version: Version, feature: string): boolean =>
  version.features.includes(feature);

const find = (versions: readonly Version[], { identifier }: Version): Version | undefined =>
  versions.find((version) => version.identifier === identifier);

/** Whether `proposed` names one of `supported` and asks for no more than its features, but for some. */
export function isSupportedVersion(supported: readonly Version[], proposed: Version): boolean {
  const version = find(supported, proposed);
  return (
    version !== undefined &&
    proposed.features.length > 0 &&
    proposed.features.every((feature) => version.features.includes(feature))
  );
}

/** The first own version that the counterparty has too, with the common features. Throws `connection/10`. */
export function pickVersion(counterparty: readonly Version[]): Version {
  for (const own of COMPATIBLE_VERSIONS) {
    const theirs = find(counterparty, own);
    const features = own.features.filter((feature) => theirs?.features.includes(feature));
    if (features.length > 0) return { identifier: own.identifier, features };
  }
  const texts = (versions: readonly Version[]): string => `[${versions.map(versionText).join(" ")}]`;
  throw connectionErrors.versionNegotiationFailed(
    `failed to find a matching counterparty version (${texts(counterparty)}) from the supported version list (${texts(COMPATIBLE_VERSIONS)})`,
  );
}
