/** Errors of ICS-20 (ibc-go `transfer/types/errors.go`). */
import { defineErrors } from "@tandem-ics/runtime";

/** Registered errors of codespace `transfer`. */
export const transferErrors = defineErrors("transfer", {
  invalidPacketTimeout: [2, "invalid packet timeout"],
  invalidDenom: [3, "invalid denomination for cross-chain transfer"],
  invalidVersion: [4, "invalid ICS20 version"],
  invalidAmount: [5, "invalid token amount"],
  denomNotFound: [6, "denomination not found"],
  sendDisabled: [7, "fungible token transfers from this chain are disabled"],
  receiveDisabled: [8, "fungible token transfers to this chain are disabled"],
  maxTransferChannels: [9, "max transfer channels"],
  invalidAuthorization: [10, "invalid transfer authorization"],
  invalidMemo: [11, "invalid memo"],
  receiveFailed: [16, "receive packet failed"],
});
