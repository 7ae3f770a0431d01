/** What the provider tells the consumer in the channel handshake: raw protobuf bytes in the channel version. */
import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import { findUnknownFields, HandshakeMetadata, ProtoError } from "@tandem-ics/proto";
import { CCV_VERSION } from "./constants.ts";
import { ccvErrors } from "./errors.ts";

/** The provider end's channel version: protobuf bytes of the metadata as text. A relayer must copy it byte for byte. */
export const encodeHandshakeMetadata = (providerFeePoolAddr: string): string =>
  fromUtf8(HandshakeMetadata.encode({ providerFeePoolAddr, version: CCV_VERSION }).finish());

/** Throws a ProtoError for wire types that the fields do not have; decoders pass over these, Go's refuses. Unknown fields may come. */
function assertWellFormed(bytes: Uint8Array): void {
  try {
    findUnknownFields("interchain_security.ccv.v1.HandshakeMetadata", bytes);
  } catch (error) {
    if (!(error instanceof ProtoError && error.code === "unknown-field")) throw error;
  }
}

/** Reads the metadata of {@link encodeHandshakeMetadata}. Throws `CCV/8` for other bytes, `CCV/2` for another version. */
export function decodeHandshakeMetadata(text: string): HandshakeMetadata {
  const bytes = utf8(text);
  let metadata: HandshakeMetadata;
  try {
    assertWellFormed(bytes);
    metadata = HandshakeMetadata.decode(bytes);
  } catch (cause) {
    throw ccvErrors.invalidHandshakeMetadata("error unmarshalling ibc-ack metadata", { cause });
  }
  if (metadata.version !== CCV_VERSION)
    throw ccvErrors.invalidVersion(
      `invalid counterparty version: ${metadata.version}, expected ${CCV_VERSION}`,
    );
  return metadata;
}
