/** What a service of the node is made of. */
import type { VersionInfo } from "cosmjs-types/cosmos/base/tendermint/v1beta1/query";

/** One gRPC method: bytes in, bytes out. Throws GrpcError. */
export type ServiceMethod = (data: Uint8Array, height: bigint) => Uint8Array | Promise<Uint8Array>;

/** What the services need to know beside the chain. */
export interface ServiceOptions {
  readonly versionInfo: Partial<VersionInfo>;
  /** Prefix of account addresses. */
  readonly bech32Prefix: string;
}
