/** Who must sign a message: the fields named by `cosmos.msg.v1.signer`. SDK x/tx/signing. */
import { messageDescriptor } from "./descriptor.ts";
import { ProtoError } from "./errors.ts";
import { getField, type MessageObject } from "./message.ts";

/**
 * Addresses as they stand in the message (bech32 text, not decoded; a validator message has a valoper address),
 * in field order, each once. Throws {@link ProtoError} `not-supported` for types that nobody signs.
 */
export function signersOf(typeUrl: string, message: unknown): string[] {
  return [...new Set(collect(typeUrl.slice(1), message as MessageObject))];
}

/**
 * Whether the signer stands in the message as the operator of a validator (`…valoper1…`): in the SDK's messages fields of the
 * scalar `cosmos.ValidatorAddressString`, which are named so. All others hold account addresses.
 */
export const isSignedByOperator = (typeUrl: string): boolean =>
  messageDescriptor(typeUrl.slice(1)).signers.some((name) => /^validator_addr(ess)?$/.test(name));

function collect(typeName: string, message: MessageObject): string[] {
  const descriptor = messageDescriptor(typeName);
  if (descriptor.signers.length === 0) throw new ProtoError("not-supported", `${typeName} has no signer`);
  return descriptor.signers.flatMap((name) => {
    const field = descriptor.byName.get(name);
    if (field === undefined) throw new ProtoError("not-supported", `${typeName} has no field ${name}`);
    const value = getField(message, field, descriptor);
    const values = field.repeated ? (value as unknown[]) : value === undefined ? [] : [value];
    // Bank's multi-send names its inputs, each of which names its address.
    return field.kind === "message"
      ? values.flatMap((inner) => collect(field.type, inner as MessageObject))
      : (values as string[]);
  });
}
