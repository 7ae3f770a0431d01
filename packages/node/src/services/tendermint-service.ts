/** `cosmos.base.tendermint.v1beta1.Service` (SDK `client/grpc/cmtservice`). */
import { splitPublicKey, type Validator } from "@tandem-ics/comet";
import { encodeAny } from "@tandem-ics/proto";
import { type Application, createAddressCodecs, GRPC, GrpcError } from "@tandem-ics/runtime";
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
import { COMETBFT_VERSION } from "../engine/handshake.ts";
import type { EngineCalls } from "./engine-calls.ts";
import type { ServiceMethod, ServiceOptions } from "./service-method.ts";
import { unknownStatus } from "./unknown-status.ts";

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

/** Of a list, and the most that CometBFT gives. */
const DEFAULT_LIMIT = 100n;

const tooHigh = (): GrpcError =>
  new GrpcError(GRPC.invalidArgument, "requested block height is bigger then the chain length");

function keyAny(validator: Validator): Any {
  const { type, bytes } = splitPublicKey(validator.pubKey);
  return encodeAny(`/cosmos.crypto.${type}.PubKey`, { key: bytes });
}

/** Page and size out of offset and limit, as the SDK turns them into CometBFT's; a key counts for nothing. */
function pageAsked(request: PageRequest | undefined): { page: number; perPage: number } {
  const offset = BigInt.asIntN(64, request?.offset ?? 0n);
  const asked = BigInt.asIntN(64, request?.limit ?? 0n);
  if (offset < 0n) throw new GrpcError(GRPC.invalidArgument, "offset must greater than 0");
  if (asked < 0n) throw new GrpcError(GRPC.invalidArgument, "limit must greater than 0");
  const limit = asked === 0n ? DEFAULT_LIMIT : asked;
  return { page: Number(offset / limit) + 1, perPage: Number(limit > DEFAULT_LIMIT ? DEFAULT_LIMIT : limit) };
}

/** Methods of the service. */
export function tendermintService(
  engine: EngineCalls,
  app: Pick<Application, "query">,
  { versionInfo, bech32Prefix }: ServiceOptions,
): Record<string, ServiceMethod> {
  const { consensus } = createAddressCodecs(bech32Prefix);

  async function blockAt(height?: bigint): Promise<{ blockId: BlockID; block: Block; sdkBlock: SdkBlock }> {
    const { blockId, block } = await unknownStatus(() => engine.block(height));
    const proposerAddress = consensus.encode(block.header.proposerAddress);
    return { blockId, block, sdkBlock: { ...block, header: { ...block.header, proposerAddress } } };
  }

  async function validatorsAt(asked: bigint | undefined, pagination: PageRequest | undefined) {
    const { page, perPage } = pageAsked(pagination);
    const { height, validators, total } = await unknownStatus(() => engine.validators(asked, page, perPage));
    return {
      blockHeight: height,
      validators: validators.map((validator) => ({
        address: consensus.encode(validator.address),
        pubKey: keyAny(validator),
        votingPower: validator.votingPower,
        proposerPriority: validator.proposerPriority,
      })),
      pagination: { nextKey: new Uint8Array(0), total: BigInt(total) },
    };
  }

  const status = () => unknownStatus(() => engine.status());

  async function assertReached(height: bigint): Promise<void> {
    if (height > (await status()).height) throw tooHigh();
  }

  function abciQuery(data: Uint8Array): Uint8Array {
    const request = ABCIQueryRequest.decode(data);
    if (request.path === "") throw new GrpcError(GRPC.invalidArgument, "empty query path");
    // gRPC methods are not reached in this roundabout way
    if (!/^\/?(?:app|store|p2p|custom)(?:\/|$)/.test(request.path))
      throw new GrpcError(GRPC.invalidArgument, `unsupported ABCI query path: ${request.path}`);
    return ABCIQueryResponse.encode(ABCIQueryResponse.fromPartial(app.query(request))).finish();
  }

  return {
    [`${SERVICE}/GetNodeInfo`]: async () => {
      const applicationVersion = { ...DEFAULT_VERSION, ...versionInfo };
      const { nodeInfo } = await status();
      return GetNodeInfoResponse.encode({ defaultNodeInfo: nodeInfo, applicationVersion }).finish();
    },
    [`${SERVICE}/GetSyncing`]: async () =>
      GetSyncingResponse.encode({ syncing: (await status()).catchingUp }).finish(),
    [`${SERVICE}/GetLatestBlock`]: async () => GetLatestBlockResponse.encode(await blockAt()).finish(),
    [`${SERVICE}/GetBlockByHeight`]: async (data) => {
      const { height } = GetBlockByHeightRequest.decode(data);
      await assertReached(height);
      return GetBlockByHeightResponse.encode(await blockAt(height)).finish();
    },
    [`${SERVICE}/GetLatestValidatorSet`]: async (data) => {
      const { pagination } = GetLatestValidatorSetRequest.decode(data);
      return GetLatestValidatorSetResponse.encode(await validatorsAt(undefined, pagination)).finish();
    },
    [`${SERVICE}/GetValidatorSetByHeight`]: async (data) => {
      const { height, pagination } = GetValidatorSetByHeightRequest.decode(data);
      await assertReached(height);
      return GetValidatorSetByHeightResponse.encode(await validatorsAt(height, pagination)).finish();
    },
    [`${SERVICE}/ABCIQuery`]: abciQuery,
  };
}
