/** Messages of ICS-20 (ibc-go v10 `transfer/types/msgs.go`, `transfer/keeper/msg_server.go`). */
import { utf8 } from "@tandem-ics/crypto";
import { TransferMsgUpdateParams } from "@tandem-ics/proto";
import {
  type AddressCodec,
  CodedError,
  type Coin,
  coinFromProto,
  type MessageRoute,
} from "@tandem-ics/runtime";
import type { Coin as ProtoCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import {
  MsgTransfer,
  MsgTransferResponse,
  MsgUpdateParamsResponse,
} from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { isBlank } from "../24-host/index.ts";
import { assertIdentifier } from "../24-host/validate.ts";
import { ibcErrors } from "../errors.ts";
import { ibcMessage } from "../route.ts";
import { assertAuthority, signerBytes } from "../signer.ts";
import { DENOM_PREFIX } from "./denom.ts";
import { transferErrors } from "./errors.ts";
import { parseDenomHash, type TransferKeeper } from "./keeper.ts";
import { MAX_MEMO_BYTES } from "./packet-data.ts";

/** Longest receiver, in bytes. */
const MAX_RECEIVER_BYTES = 2048;

/** What the messages need. */
export interface TransferMessageDeps {
  readonly keeper: TransferKeeper;
  readonly address: AddressCodec;
  /** Account of governance. */
  readonly authority: string;
}

/** A positive amount of a denomination that is a name of this chain or `ibc/{hash}`. Throws `ibc/6`. */
function transferCoin(token: ProtoCoin): Coin {
  const refuse = () => ibcErrors.invalidCoins(`${token.amount}${token.denom}`);
  let coin: Coin;
  try {
    coin = coinFromProto(token);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw refuse();
  }
  if (coin.amount <= 0n) throw refuse();
  const [prefix, ...hash] = coin.denom.split("/");
  const hashText = hash.join("/");
  const isHash = prefix === DENOM_PREFIX;
  if (isHash && (hashText === "" || parseDenomHash(hashText) === undefined)) throw refuse();
  return coin;
}

const transfer = ({ keeper, address }: TransferMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgTransfer.typeUrl,
    request: MsgTransfer,
    response: MsgTransferResponse,
    validate(msg) {
      assertIdentifier("port", msg.sourcePort, `invalid source port ID ${msg.sourcePort}`);
      assertIdentifier("channel", msg.sourceChannel, `invalid source channel ID ${msg.sourceChannel}`);
      transferCoin(msg.token);
      signerBytes(address, msg.sender);
      if (isBlank(msg.receiver)) throw ibcErrors.invalidAddress("missing recipient address");
      if (utf8(msg.receiver).length > MAX_RECEIVER_BYTES)
        throw ibcErrors.invalidAddress(`recipient address must not exceed ${MAX_RECEIVER_BYTES} bytes`);
      if (utf8(msg.memo).length > MAX_MEMO_BYTES)
        throw transferErrors.invalidMemo(`memo must not exceed ${MAX_MEMO_BYTES} bytes`);
    },
    handle: (ctx, msg) => ({
      sequence: keeper.sendTransfer(ctx, { ...msg, token: transferCoin(msg.token) }),
    }),
  });

const updateParams = ({ keeper, address, authority }: TransferMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: "/ibc.applications.transfer.v1.MsgUpdateParams",
    request: TransferMsgUpdateParams,
    response: MsgUpdateParamsResponse,
    validate: (msg) => void signerBytes(address, msg.signer),
    handle(ctx, msg) {
      assertAuthority(authority, msg.signer);
      keeper.setParams(ctx, msg.params);
      return {};
    },
  });

/** All messages of ICS-20. */
export const transferMessages = (deps: TransferMessageDeps): readonly MessageRoute[] => [
  transfer(deps),
  updateParams(deps),
];
