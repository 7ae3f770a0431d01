/** Methods of `cosmos.tx.v1beta1.Service` that turn transactions into bytes and back (SDK `x/auth/tx/service.go`). */
import { assertCanonicalTxRaw, findUnknownFields } from "@tandem-ics/proto";
import { GRPC, GrpcError } from "@tandem-ics/runtime";
import {
  TxDecodeRequest,
  TxDecodeResponse,
  TxEncodeRequest,
  TxEncodeResponse,
} from "cosmjs-types/cosmos/tx/v1beta1/service";
import { AuthInfo, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { errorText } from "../errors.ts";
import type { ServiceMethod } from "./service-method.ts";

const SERVICE = "/cosmos.tx.v1beta1.Service";

function encode(data: Uint8Array): Uint8Array {
  const { tx } = TxEncodeRequest.decode(data);
  if (tx === undefined) throw new GrpcError(GRPC.invalidArgument, "invalid empty tx");
  const txBytes = TxRaw.encode({
    bodyBytes: TxBody.encode(tx.body ?? TxBody.fromPartial({})).finish(),
    authInfoBytes: AuthInfo.encode(tx.authInfo ?? AuthInfo.fromPartial({})).finish(),
    signatures: tx.signatures,
  }).finish();
  return TxEncodeResponse.encode({ txBytes }).finish();
}

/** As strict as the chain itself: what it would not understand is not decoded. */
function decode(data: Uint8Array): Uint8Array {
  const { txBytes } = TxDecodeRequest.decode(data);
  if (txBytes.length === 0) throw new GrpcError(GRPC.invalidArgument, "invalid empty tx bytes");
  try {
    assertCanonicalTxRaw(txBytes);
    const { bodyBytes, authInfoBytes, signatures } = TxRaw.decode(txBytes);
    findUnknownFields("cosmos.tx.v1beta1.TxBody", bodyBytes, { allowNonCritical: true });
    findUnknownFields("cosmos.tx.v1beta1.AuthInfo", authInfoBytes);
    const tx = { body: TxBody.decode(bodyBytes), authInfo: AuthInfo.decode(authInfoBytes), signatures };
    return TxDecodeResponse.encode({ tx }).finish();
  } catch (cause) {
    throw new GrpcError(GRPC.unknown, `codespace sdk code 2: tx parse error: ${errorText(cause)}`, { cause });
  }
}

/** The methods. */
export const txCodecService = (): Record<string, ServiceMethod> => ({
  [`${SERVICE}/TxEncode`]: encode,
  [`${SERVICE}/TxDecode`]: decode,
});
