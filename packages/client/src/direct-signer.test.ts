import { DirectSecp256k1Wallet } from "@cosmjs/proto-signing";
import { sha256, utf8 } from "@tandem-ics/crypto";
import { SignDoc } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { createDirectSigner } from "./direct-signer.ts";

test("signs as CosmJS's wallet does", async () => {
  const key = sha256(utf8("key"));
  const doc = SignDoc.fromPartial({
    bodyBytes: utf8("body"),
    authInfoBytes: utf8("auth"),
    chainId: "chain",
    accountNumber: 7n,
  });
  const wallet = await DirectSecp256k1Wallet.fromKey(key, "cosmos");
  const signer = createDirectSigner(key, "cosmos");
  const [account] = await wallet.getAccounts();
  expect((await signer.getAccounts())[0]!.address).toBe(account!.address);
  expect((await signer.signDirect(account!.address, doc)).signature).toEqual(
    (await wallet.signDirect(account!.address, doc)).signature,
  );
  await expect(signer.signDirect("cosmos1other", doc)).rejects.toThrow(/this signer is/);
});
