import { fromBase64 } from "@tandem-ics/crypto";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { mergeChanges } from "./valset-changes.ts";

/** First two bytes of Ed25519 keys, the others 0, as a Go program sorts them by CometBFT's `PublicKey.String()`, highest first. */
const ORDER = (
  "fv8= fjk= fjA= Yf8= YTk= YTA= Xf8= XTk= XTA= Cf8= CTk= CTA= Df8= DTk= DTA= Cv8= Cjk= CjA= XP8= XDk= XDA= //8= /zk= " +
  "/zA= gP8= gDk= gDA= f/8= fzk= fzA= H/8= Hzk= HzA= AP8= ADk= ADA= Iv8= Ijk= IjA= W/8= Wzk= WzA= Qf8= QTk= QTA= MP8= " +
  "MDk= MDA= IP8= IDk= IDA="
).split(" ");

const updateOf = (start: string, power: bigint): ValidatorUpdate => {
  const key = new Uint8Array(32);
  key.set(fromBase64(start));
  return { pubKey: PublicKey.fromPartial({ ed25519: key }), power };
};
const SECP256K1 = { pubKey: PublicKey.fromPartial({ secp256k1: new Uint8Array(33) }), power: 5n };

describe("changes laid over earlier ones", () => {
  test("come by power, and those of one power as Go prints their keys", () => {
    const equal = ORDER.map((start) => updateOf(start, 5n));
    const sorted = [SECP256K1, ...equal];
    const [first, ...rest] = sorted.toReversed();
    expect(mergeChanges([first!], rest)).toEqual(sorted);
    const [weak, strong] = [updateOf("fv8=", 1n), updateOf("IDA=", 9n)];
    expect(mergeChanges([weak], [SECP256K1, strong])).toEqual([strong, SECP256K1, weak]);
  });

  test("count once for each key: the last one", () => {
    const changes = [updateOf("AAE=", 7n), updateOf("AAI=", 0n)];
    expect(mergeChanges([updateOf("AAI=", 3n), updateOf("AAE=", 5n)], changes)).toEqual(changes);
  });
});
