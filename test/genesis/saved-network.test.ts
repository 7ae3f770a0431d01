/** The chains of a network that was ended, exported as `tandem chain export NAME` does it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Localnet, LocalnetError, savedChain } from "@tandem-ics/localnet";
import { exportedGenesis } from "@tandem-ics/node/home";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";

const home = mkdtempSync(join(tmpdir(), "tandem-saved-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The state of a chain after its last block. */
function exported(name: string) {
  const { genesis, appFolder, open } = savedChain(home, name)!;
  const app = open(openLmdbBackend(appFolder));
  try {
    const { lastBlockHeight } = app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" });
    return { lastBlockHeight, ...exportedGenesis(app, genesis, lastBlockHeight) };
  } finally {
    app.close();
  }
}

test("provider, consumers, a stopped one and a plain chain are read without being started", async () => {
  const net = await Localnet.start({
    checkInvariants: true,
    home,
    validators: 2,
    consumers: [{ name: "game" }, { name: "gone" }, { name: "club", application: "democracy" }],
    chains: [{ name: "hub", bech32Prefix: "osmo" }],
  });
  let heights: Readonly<Record<string, bigint>>;
  try {
    await net.consumer.remove("gone");
    heights = Object.fromEntries(
      await Promise.all(
        ["provider", "game", "gone", "club", "hub"].map(async (name) => [
          name,
          (await net.chain(name).client.status()).height,
        ]),
      ),
    );
  } finally {
    await net.stop();
  }
  for (const name of ["provider", "game", "gone", "club", "hub"]) {
    const { chainId, lastBlockHeight, initialHeight, appState } = exported(name);
    expect(chainId).toBe(name);
    expect(lastBlockHeight).toBeGreaterThanOrEqual(heights[name]!);
    expect(initialHeight).toBe(lastBlockHeight + 1n);
    const state = JSON.parse(appState);
    expect(Object.hasOwn(state, "ccvconsumer")).toBe(["game", "gone", "club"].includes(name));
    expect(Object.hasOwn(state, "gov")).toBe(name !== "game" && name !== "gone");
    if (name === "hub") expect(state.auth.accounts[0].address ?? "osmo1").toMatch(/^osmo1/);
    if (name !== "provider") continue;
    const phases = state.provider.consumer_states.map(({ phase }: { phase: string }) => phase);
    expect(phases.sort()).toEqual([
      "CONSUMER_PHASE_LAUNCHED",
      "CONSUMER_PHASE_LAUNCHED",
      "CONSUMER_PHASE_STOPPED",
    ]);
  }
}, 300_000);

test("an unknown name is told, and a folder without a network is none", () => {
  const wrong = () => savedChain(home, "gam");
  expect(wrong).toThrow(LocalnetError);
  expect(wrong).toThrow(`there is no chain "gam" in ${home}`);
  expect(savedChain(join(home, "none"), "game")).toBeUndefined();
});
