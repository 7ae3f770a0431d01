/** `cosmos.base.tendermint.v1beta1.Service` (SDK `client/grpc/cmtservice`). */
import { splitPublicKey, type Validator } from "@tandem-ics/comet";
import { encodeAny } from "@tandem-ics/proto";
import { createAddressCodecs, GRPC, GrpcError } from "@tandem-ics/runtime";
import type { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import {
  ABCIQueryRequest,
  ABCIQueryResponse,
  GetBlockByHeightRequest,
  GetBlockByHeightResponse,
  GetLatestBlockResponse,
  GetLatestValidatorSetRequest,
  GetLatestValidatorSetResponse,
  GetNodeInfoResponse,
  GetSyncingResponse,
  GetValidatorSetByHeightRequest,
  GetValidatorSetByHeightResponse,
  type VersionInfo,
} from "cosmjs-types/cosmos/base/tendermint/v1beta1/query";
import type { Block as SdkBlock } from "cosmjs-types/cosmos/base/tendermint/v1beta1/types";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { BlockID } from "cosmjs-types/tendermint/types/types";
import { BLOCK_PROTOCOL_VERSION, COMETBFT_VERSION, P2P_PROTOCOL_VERSION } from "../engine/handshake.ts";
import { errorText } from "../errors.ts";
import type { RpcEnvironment } from "../rpc/endpoint.ts";
import { P2P_CHANNELS } from "../rpc/methods/info.ts";
import { heightOf, pageOf } from "../rpc/paging.ts";
import type { ServiceMethod, ServiceOptions } from "./service-method.ts";

export type { VersionInfo };

const SERVICE = "/cosmos.base.tendermint.v1beta1.Service";

// The versions whose bytes and answers this software gives; relayers look for these modules. Hermes 1.11 takes the
// first ibc-go named here and calls a chain unhealthy unless it is one of those below 9 that it knows. What a relayer
// needs of a chain, the messages, store paths and proofs of IBC classic, is one and the same in 8.7 and 10.1.
const DEFAULT_VERSION: VersionInfo = {
  name: "tandem",
  appName: "tandem",
  version: "",
  gitCommit: "",
  buildTags: "",
  goVersion: "",
  buildDeps: [
    { path: "github.com/cometbft/cometbft", version: `v${COMETBFT_VERSION}`, sum: "" },
    { path: "github.com/cosmos/cosmos-sdk", version: "v0.50.13", sum: "" },
    { path: "github.com/cosmos/ibc-go/v8", version: "v8.7.0", sum: "" },
    { path: "github.com/cosmos/ibc-go/v10", version: "v10.1.1", sum: "" },
  ],
  cosmosSdkVersion: "v0.50.13",
};

const tooHigh = (): GrpcError =>
  new GrpcError(GRPC.invalidArgument, "requested block height is bigger then the chain length");

function keyAny(validator: Validator): Any {
  const { type, bytes } = splitPublicKey(validator.pubKey);
  return encodeAny(`/cosmos.crypto.${type}.PubKey`, { key: bytes });
}

/** Page and size out of offset and limit, as the SDK turns them into CometBFT's. */
function pageAsked(request: PageRequest | undefined): { page: number; perPage: number } {
  const offset = request?.offset ?? 0n;
  const limit = request === undefined || request.limit === 0n ? 100n : request.limit;
  if (request !== undefined && request.key.length > 0 && offset > 0n)
    throw new GrpcError(GRPC.invalidArgument, "invalid request, either offset or key is expected, got both");
  return { page: Number(offset / limit) + 1, perPage: Number(limit > 100n ? 100n : limit) };
}

/** Refusals of the RPC level have no status of their own. */
function unknown<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof GrpcError) throw error;
    throw new GrpcError(GRPC.unknown, errorText(error), { cause: error });
  }
}

/** Methods of the service. */
export function tendermintService(
  env: Omit<RpcEnvironment, "query">,
  { versionInfo, bech32Prefix }: ServiceOptions,
): Record<string, ServiceMethod> {
  const { blocks, identity } = env;
  const { consensus } = createAddressCodecs(bech32Prefix);

  function blockAt(asked: bigint | undefined): { blockId: BlockID; block: Block; sdkBlock: SdkBlock } {
    const height = unknown(() => heightOf(asked, blocks.height, blocks.base));
    const block = blocks.block(height);
    const meta = blocks.meta(height);
    if (block === undefined || meta === undefined)
      throw new GrpcError(GRPC.notFound, `block ${height} is not available`);
    const proposerAddress = consensus.encode(block.header.proposerAddress);
    return {
      blockId: meta.blockId,
      block,
      sdkBlock: { ...block, header: { ...block.header, proposerAddress } },
    };
  }

  function validatorsAt(asked: bigint | undefined, pagination: PageRequest | undefined) {
    const { page, perPage } = pageAsked(pagination);
    return unknown(() => {
      const height = heightOf(asked, blocks.height + 1n, blocks.base);
      const set = blocks.validators(height)?.validators ?? [];
      return {
        blockHeight: height,
        validators: pageOf(set, page, perPage).map((validator) => ({
          address: consensus.encode(validator.address),
          pubKey: keyAny(validator),
          votingPower: validator.votingPower,
          proposerPriority: validator.proposerPriority,
        })),
        pagination: { nextKey: new Uint8Array(0), total: BigInt(set.length) },
      };
    });
  }

  const nodeInfo = (): GetNodeInfoResponse => ({
    defaultNodeInfo: {
      protocolVersion: {
        p2p: P2P_PROTOCOL_VERSION,
        block: BLOCK_PROTOCOL_VERSION,
        app: env.state().appVersion,
      },
      defaultNodeId: identity.id,
      listenAddr: identity.listenAddress,
      network: identity.chainId,
      version: COMETBFT_VERSION,
      channels: Buffer.from(P2P_CHANNELS, "hex"),
      moniker: identity.moniker,
      other: { txIndex: "on", rpcAddress: identity.rpcAddress() },
    },
    applicationVersion: { ...DEFAULT_VERSION, ...versionInfo },
  });

  function abciQuery(data: Uint8Array): Uint8Array {
    const request = ABCIQueryRequest.decode(data);
    if (request.path === "") throw new GrpcError(GRPC.invalidArgument, "empty query path");
    // gRPC methods are not reached in this roundabout way
    if (!/^\/?(?:app|store|p2p|custom)(?:\/|$)/.test(request.path))
      throw new GrpcError(GRPC.invalidArgument, `unsupported ABCI query path: ${request.path}`);
    return ABCIQueryResponse.encode(ABCIQueryResponse.fromPartial(env.app.query(request))).finish();
  }

  return {
    [`${SERVICE}/GetNodeInfo`]: () => GetNodeInfoResponse.encode(nodeInfo()).finish(),
    [`${SERVICE}/GetSyncing`]: () => GetSyncingResponse.encode({ syncing: false }).finish(),
    [`${SERVICE}/GetLatestBlock`]: () => GetLatestBlockResponse.encode(blockAt(undefined)).finish(),
    [`${SERVICE}/GetBlockByHeight`]: (data) => {
      const { height } = GetBlockByHeightRequest.decode(data);
      if (height > blocks.height) throw tooHigh();
      return GetBlockByHeightResponse.encode(blockAt(height)).finish();
    },
    [`${SERVICE}/GetLatestValidatorSet`]: (data) => {
      const { pagination } = GetLatestValidatorSetRequest.decode(data);
      return GetLatestValidatorSetResponse.encode(validatorsAt(undefined, pagination)).finish();
    },
    [`${SERVICE}/GetValidatorSetByHeight`]: (data) => {
      const { height, pagination } = GetValidatorSetByHeightRequest.decode(data);
      if (height > blocks.height) throw tooHigh();
      return GetValidatorSetByHeightResponse.encode(validatorsAt(height, pagination)).finish();
    },
    [`${SERVICE}/ABCIQuery`]: abciQuery,
  };
}
