import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { Localnet } from "@tandem-ics/localnet";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((p) =>
  existsSync(p),
);

/** What the page does: query a provider, read a header, verify a proof and evidence, sign and send. */
const PAGE = `
import { connectChain, checkDoubleVoting, createTxSender, parseEvidenceFile } from "@tandem-ics/client";
import { createPollingPace } from "@tandem-ics/client";
import { IAVL_SPEC, verifyMembership } from "@tandem-ics/store/ics23";
import { Comet38Client, HttpClient } from "@cosmjs/tendermint-rpc";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { MerkleProof } from "cosmjs-types/ibc/core/commitment/v1/commitment";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";

window.run = async ({ url, mnemonic, evidence, consumerChainId }) => {
  const rpc = new HttpClient(url);
  const chain = await connectChain(rpc, { pace: createPollingPace(rpc, { intervalMs: 20 }) });
  const { chains } = await chain.query.provider.QueryConsumerChains({ phase: 0, pagination: undefined });
  const { height } = await chain.status();
  const { value, proof } = await chain.prove("clients/07-tendermint-0/clientState", height);
  const proofs = MerkleProof.decode(proof).proofs;
  const { header } = await chain.signedHeader(height);
  const inner = proofs[1].exist.value;
  const proven = verifyMembership(IAVL_SPEC, inner, proofs[0], new TextEncoder().encode("clients/07-tendermint-0/clientState"), value);
  const file = parseEvidenceFile(evidence);
  const report = checkDoubleVoting({ chainId: consumerChainId, evidence: file.evidence, header: file.header });
  const signer = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: "cosmos" });
  const [{ address }] = await signer.getAccounts();
  const sender = createTxSender({ chainId: chain.chainId, rpc, comet: chain.comet, signer, address, pace: chain.pace });
  const sent = await sender.send([{ typeUrl: "/cosmos.bank.v1beta1.MsgSend", value: MsgSend.fromPartial({ fromAddress: address, toAddress: address, amount: [{ denom: "stake", amount: "1" }] }) }]);
  return { consumers: chains.map((c) => c.chainId), proven, appHashBytes: header.appHash.length, evidence: report, code: sent.code };
};
`;

const describeIf = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined) console.warn("browser test skipped: no Chromium is installed");

describeIf("the client package in a browser", () => {
  let net: Localnet;
  let server: Server;
  beforeAll(async () => {
    net = await Localnet.start({
      validators: 4,
      consumers: 1,
      clock: "system",
      blockTime: "100ms",
      listen: true,
    });
    const { outputFiles } = await build({
      stdin: { contents: PAGE, resolveDir: join(__dirname, "..") },
      bundle: true,
      write: false,
      platform: "browser",
      format: "iife",
      conditions: ["@tandem-ics/source", "browser"],
      define: { global: "globalThis" },
      logLevel: "error",
    });
    const script = outputFiles[0]!.text;
    server = createServer((request, response) => {
      response.setHeader("content-type", request.url === "/page.js" ? "text/javascript" : "text/html");
      response.end(request.url === "/page.js" ? script : '<!doctype html><script src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }, 60_000);
  afterAll(async () => {
    server?.close();
    await net?.stop();
  });

  test("queries, verifies proofs and evidence, signs and sends", async () => {
    const { evidence } = await net.fault.doubleSign("dave", "consumer-0");
    const browser = await chromium.launch({
      executablePath: CHROMIUM!,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      const address = server.address() as { port: number };
      await page.goto(`http://127.0.0.1:${address.port}/`);
      const result = await page.evaluate(
        (input) => (globalThis as unknown as { run(i: unknown): Promise<unknown> }).run(input),
        {
          url: net.provider.rpcUrl,
          mnemonic: net.accounts.find((a) => a.name === "owner")!.mnemonic,
          evidence,
          consumerChainId: "consumer-0",
        },
      );
      expect(errors).toEqual([]);
      expect(result).toMatchObject({
        consumers: ["consumer-0"],
        proven: true,
        appHashBytes: 32,
        evidence: { ok: true },
        code: 0,
      });
    } finally {
      await browser.close();
    }
  }, 60_000);
});
