/** Queries of x/auth (SDK `x/auth/keeper/grpc_query.go`). */
import {
  type AddressCodec,
  CodedError,
  GRPC,
  GrpcError,
  paginate,
  plainError,
  type QueryRoute,
  query,
} from "@tandem-ics/runtime";
import {
  AddressBytesToStringRequest,
  AddressBytesToStringResponse,
  AddressStringToBytesRequest,
  AddressStringToBytesResponse,
  Bech32PrefixRequest,
  Bech32PrefixResponse,
  QueryAccountAddressByIDRequest,
  QueryAccountAddressByIDResponse,
  QueryAccountInfoRequest,
  QueryAccountInfoResponse,
  QueryAccountRequest,
  QueryAccountResponse,
  QueryAccountsRequest,
  QueryAccountsResponse,
  QueryModuleAccountByNameRequest,
  QueryModuleAccountByNameResponse,
  QueryModuleAccountsRequest,
  QueryModuleAccountsResponse,
  QueryParamsRequest,
  QueryParamsResponse,
} from "cosmjs-types/cosmos/auth/v1beta1/query";
import type { AccountCodec } from "./account-codec.ts";
import type { AuthKeeper } from "./keeper.ts";
import type { AuthState } from "./state.ts";

const path = (method: string): string => `/cosmos.auth.v1beta1.Query/${method}`;
const invalid = (message: string): GrpcError => new GrpcError(GRPC.invalidArgument, message);
const notFound = (what: string): GrpcError => new GrpcError(GRPC.notFound, `account ${what} not found`);

/** Address of a request. The SDK gives these errors no status. */
function decodeAddress(addresses: AddressCodec, text: string): Uint8Array {
  try {
    return addresses.decode(text);
  } catch (error) {
    if (error instanceof CodedError) throw plainError(error.message, { cause: error });
    throw error;
  }
}

/** The routes. */
export function authQueries(state: AuthState, keeper: AuthKeeper, codec: AccountCodec): QueryRoute[] {
  const { account: addresses } = keeper.addresses;
  return [
    query({
      path: path("Account"),
      request: QueryAccountRequest,
      response: QueryAccountResponse,
      handle(ctx, { address }) {
        if (address === "") throw invalid("Address cannot be empty");
        const account = keeper.getAccount(ctx, decodeAddress(addresses, address));
        if (account === undefined) throw notFound(address);
        return { account: codec.toAny(account) };
      },
    }),
    query({
      path: path("AccountInfo"),
      request: QueryAccountInfoRequest,
      response: QueryAccountInfoResponse,
      handle(ctx, { address }) {
        if (address === "") throw invalid("address cannot be empty");
        const account = keeper.getAccount(ctx, decodeAddress(addresses, address));
        if (account === undefined) throw notFound(address);
        return { info: codec.toBase(account) };
      },
    }),
    query({
      path: path("Accounts"),
      request: QueryAccountsRequest,
      response: QueryAccountsResponse,
      handle(ctx, request) {
        const { items, pagination } = paginate(ctx, state.accounts, request.pagination, {
          style: "collection",
        });
        return { accounts: items.map(([, account]) => codec.toAny(account)), pagination };
      },
    }),
    query({
      path: path("AccountAddressByID"),
      request: QueryAccountAddressByIDRequest,
      response: QueryAccountAddressByIDResponse,
      handle(ctx, { id, accountId }) {
        if (id !== 0n) throw invalid("requesting with id isn't supported, try to request using account-id");
        const address = keeper.addressOfNumber(ctx, accountId);
        if (address === undefined)
          throw new GrpcError(GRPC.notFound, `account address not found with account number ${accountId}`);
        return { accountAddress: addresses.encode(address) };
      },
    }),
    query({
      path: path("Params"),
      request: QueryParamsRequest,
      response: QueryParamsResponse,
      handle: (ctx) => ({ params: keeper.getParams(ctx) }),
    }),
    ...moduleAccountQueries(keeper, codec),
    ...addressQueries(addresses),
  ];
}

/** Module accounts that nobody has used yet are shown with the number that they would get now, as the SDK does. */
function moduleAccountQueries(keeper: AuthKeeper, codec: AccountCodec): QueryRoute[] {
  return [
    query({
      path: path("ModuleAccounts"),
      request: QueryModuleAccountsRequest,
      response: QueryModuleAccountsResponse,
      handle: (ctx) => ({
        accounts: [...keeper.moduleAddresses().keys()].map((name) =>
          codec.toAny(keeper.ensureModuleAccount(ctx, name)),
        ),
      }),
    }),
    query({
      path: path("ModuleAccountByName"),
      request: QueryModuleAccountByNameRequest,
      response: QueryModuleAccountByNameResponse,
      handle(ctx, { name }) {
        if (name === "") throw invalid("module name is empty");
        if (!keeper.moduleAddresses().has(name)) throw notFound(name);
        return { account: codec.toAny(keeper.ensureModuleAccount(ctx, name)) };
      },
    }),
  ];
}

function addressQueries(addresses: AddressCodec): QueryRoute[] {
  return [
    query({
      path: path("Bech32Prefix"),
      request: Bech32PrefixRequest,
      response: Bech32PrefixResponse,
      handle: () => ({ bech32Prefix: addresses.prefix }),
    }),
    query({
      path: path("AddressBytesToString"),
      request: AddressBytesToStringRequest,
      response: AddressBytesToStringResponse,
      handle(_, { addressBytes }) {
        if (addressBytes.length === 0) throw plainError("empty address bytes is not allowed");
        return { addressString: addresses.encode(addressBytes) };
      },
    }),
    query({
      path: path("AddressStringToBytes"),
      request: AddressStringToBytesRequest,
      response: AddressStringToBytesResponse,
      handle: (_, { addressString }) => ({ addressBytes: decodeAddress(addresses, addressString) }),
    }),
  ];
}
