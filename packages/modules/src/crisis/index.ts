/** Anybody may have an invariant checked, for a fee (SDK x/crisis). */
import { fromProtoJson, toProtoJson } from "@tandem-ics/proto";
import {
  type AddressCodecs,
  type AppModule,
  assert,
  type Coin,
  type Coins,
  type Context,
  coinToProto,
  defineErrors,
  intFromWire,
  isDenom,
  item,
  type JsonObject,
  message,
  normalizeCoins,
  plainError,
  proto,
  sdkErrors,
} from "@tandem-ics/runtime";
import { Coin as ProtoCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import type { GenesisState } from "cosmjs-types/cosmos/crisis/v1beta1/genesis";
import {
  MsgUpdateParams,
  MsgUpdateParamsResponse,
  MsgVerifyInvariant,
  MsgVerifyInvariantResponse,
} from "cosmjs-types/cosmos/crisis/v1beta1/tx";
import { decodeNamedAddress } from "../address-text.ts";
import { assertAuthority } from "../authority.ts";
import { FEE_COLLECTOR } from "../distribution/dependencies.ts";

/** Store of the module. */
export const CRISIS_STORE = "crisis";

/** Errors of codespace `crisis` (SDK x/crisis `types/errors.go`). Codes are state-breaking. */
export const crisisErrors = defineErrors("crisis", {
  noSender: [2, "sender address is empty"],
  unknownInvariant: [3, "unknown invariant"],
});

/** What crisis needs of the bank. */
export interface CrisisBank {
  sendFromAccountToModule(ctx: Context, from: Uint8Array, module: string, coins: Coins): void;
}

/** What the module is made with. */
export interface CrisisModuleOptions {
  readonly addresses: AddressCodecs;
  readonly bank: CrisisBank;
  /** Account that may change the fee, bech32: the gov module's. */
  readonly authority: string;
  /** Names of the invariants that can be checked, by module; the modules may have more. State-breaking. */
  readonly invariants: Readonly<Record<string, readonly string[]>>;
  /** The modules that these are; asked for when a check is. */
  modules(): readonly Pick<AppModule, "name" | "invariants">[];
}

const TYPE = "cosmos.crisis.v1beta1.GenesisState";
const DEFAULT_FEE: Coin = { denom: "stake", amount: 1000n };

const fee = item(CRISIS_STORE, Uint8Array.of(0x01), proto(ProtoCoin));

const read = (json: JsonObject): GenesisState => fromProtoJson(TYPE, json) as GenesisState;
const write = (state: GenesisState): JsonObject => toProtoJson(TYPE, state) as JsonObject;

/** Makes the module. */
export function createCrisisModule(options: CrisisModuleOptions): { module: AppModule } {
  const module: AppModule = {
    name: "crisis",
    stores: { [CRISIS_STORE]: "iavl" },
    messages: [
      message({
        typeUrl: MsgVerifyInvariant.typeUrl,
        request: MsgVerifyInvariant,
        response: MsgVerifyInvariantResponse,
        handle(ctx, msg) {
          verifyInvariant(ctx, options, msg);
          return {};
        },
      }),
      message({
        typeUrl: MsgUpdateParams.typeUrl,
        request: MsgUpdateParams,
        response: MsgUpdateParamsResponse,
        handle(ctx, { authority, constantFee }) {
          assertAuthority(options.authority, authority);
          if (!isDenom(constantFee.denom) || intFromWire(constantFee.amount) < 0n)
            throw sdkErrors.invalidCoins("invalid constant fee");
          fee.set(ctx, constantFee);
          return {};
        },
      }),
    ],
    defaultGenesis: () => write({ constantFee: coinToProto(DEFAULT_FEE) }),
    validateGenesis(json) {
      const { denom, amount } = read(json).constantFee;
      if (!isDenom(denom)) throw plainError("constant fee is invalid");
      if (intFromWire(amount) <= 0n) throw plainError(`constant fee must be positive: ${amount}${denom}`);
    },
    initGenesis(ctx, json) {
      fee.set(ctx, read(json).constantFee);
      return undefined;
    },
    exportGenesis: (ctx) => write({ constantFee: fee.require(ctx) }),
  };
  return { module };
}

function verifyInvariant(ctx: Context, options: CrisisModuleOptions, msg: MsgVerifyInvariant): void {
  const { addresses, bank } = options;
  if (msg.sender === "") throw sdkErrors.invalidAddress("empty address string is not allowed");
  const sender = decodeNamedAddress(addresses.account, msg.sender, "sender");
  const stored = fee.get(ctx);
  if (stored === undefined)
    throw plainError(
      "collections: not found: key 'no_key' of type github.com/cosmos/gogoproto/cosmos.base.v1beta1.Coin",
    );
  const { denom, amount } = stored;
  bank.sendFromAccountToModule(
    ctx,
    sender,
    FEE_COLLECTOR,
    normalizeCoins([{ denom, amount: intFromWire(amount) }]),
  );
  const broken = invariantOf(options, msg)(ctx.branch().ctx);
  // The Go node panics, and so the transaction fails with the code of panics; the chain goes on.
  if (broken !== undefined) throw new RangeError(broken);
  ctx.emit("invariant", { route: msg.invariantRoute });
}

function invariantOf(
  { invariants, modules }: CrisisModuleOptions,
  { invariantModuleName: owner, invariantRoute: route }: MsgVerifyInvariant,
): (ctx: Context) => string | undefined {
  const listed = Object.hasOwn(invariants, owner) && invariants[owner]?.includes(route) === true;
  if (!listed) throw crisisErrors.unknownInvariant();
  const holds = modules().find(({ name }) => name === owner)?.invariants?.[route];
  assert(holds !== undefined, `module ${owner} has no invariant ${route}`);
  return holds;
}
