import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SIGN_STEP, signStateFromJson } from "@tandem-ics/comet";
import { equalBytes } from "@tandem-ics/crypto";
import { type Backend, createMemoryBackend } from "@tandem-ics/store";
import { HaltError } from "../errors.ts";
import { createKvStoreApp, kvStoreGenesis } from "../kvstore-app.ts";
import { createNode } from "../node.ts";
import { HomeError } from "./errors.ts";
import { createKeyFiles, readSignState, type ValidatorKeyFile, writeSignState } from "./key-files.ts";
import { homeLayout } from "./layout.ts";
import { createVoteGuard } from "./vote-guard.ts";

const scratch = mkdtempSync(join(tmpdir(), "tandem-guard-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let homes = 0;
function freshHome() {
  const layout = homeLayout(join(scratch, `home-${homes++}`));
  return { layout, key: createKeyFiles(layout, { replace: false }) };
}

/** A disk that survives a process, and may fail at a write. */
function createDisk() {
  const backend = createMemoryBackend();
  const disk = {
    broken: false,
    backend: {
      ...backend,
      batch: () => {
        const batch = backend.batch();
        return {
          ...batch,
          write() {
            if (disk.broken) throw new RangeError("the disk is gone");
            batch.write();
          },
        };
      },
    } satisfies Backend,
  };
  return disk;
}

/** A chain whose validators' keys lie in files; each `start` is a process that begins from what the disks hold. */
function createChain(keys: readonly ValidatorKeyFile[]) {
  const disk = createDisk();
  const appBackend = createMemoryBackend();
  const genesis = kvStoreGenesis(keys.map(({ seed }) => seed));
  const start = (held: readonly ValidatorKeyFile[] = keys) => {
    const node = createNode({
      app: createKvStoreApp(appBackend),
      genesis,
      keys: held.map(({ seed }) => seed),
      guard: createVoteGuard(held),
      backend: disk.backend,
    });
    node.start();
    return node;
  };
  return { disk, start };
}

function refusal(run: () => unknown): HomeError {
  try {
    run();
  } catch (error) {
    const cause = error instanceof HaltError ? error.cause : error;
    if (cause instanceof HomeError) return cause;
    throw error;
  }
  throw new RangeError("nothing was refused");
}

describe("a key in a file", () => {
  test("has its state written before anybody sees the block", () => {
    const { layout, key } = freshHome();
    const node = createChain([key]).start();
    const seen: bigint[] = [];
    node.onBlock(({ block, commit }) => {
      const state = signStateFromJson(readFileSync(layout.signState, "utf8"));
      expect(state).toMatchObject({ round: 0, step: SIGN_STEP.precommit, height: block.header.height });
      expect(state.signature).toEqual(commit.signatures[0]?.signature);
      seen.push(state.height);
    });
    for (let i = 0; i < 3; i++) node.produceBlock();
    expect(seen).toEqual([1n, 2n, 3n]);
  });

  test.each([
    ["the next height", 3n],
    ["a later height", 1206n],
  ])("does not sign when it has signed at %s elsewhere", (_, height) => {
    const { layout, key } = freshHome();
    const node = createChain([key]).start();
    node.produceBlock();
    node.produceBlock();
    const elsewhere = { ...readSignState(layout.signState), height, signBytes: new Uint8Array([1]) };
    writeSignState(layout.signState, elsewhere);
    expect(refusal(() => node.produceBlock()).code).toBe("alreadySigned");
    expect(node.height).toBe(2n);
    expect(readSignState(layout.signState)).toEqual(elsewhere);
  });

  test("signs the height again when the process died before its block was recorded: nothing was signed for good", () => {
    const { layout, key } = freshHome();
    const chain = createChain([key]);
    const node = chain.start();
    node.produceBlock();
    chain.disk.broken = true;
    expect(() => node.produceBlock()).toThrow(/the disk is gone/);
    chain.disk.broken = false;
    expect(readSignState(layout.signState).height).toBe(1n);
    expect(chain.start().produceBlock().commit).toMatchObject({ height: 2n, round: 0 });
  });

  test("of several, one that lags behind the record after such a death is brought up to it before anything else", () => {
    const [a, b, c] = [freshHome(), freshHome(), freshHome()];
    const chain = createChain([a.key, b.key, c.key]);
    const node = chain.start();
    node.produceBlock();
    const lagging = readSignState(b.layout.signState);
    const { commit } = node.produceBlock();
    writeSignState(b.layout.signState, lagging);
    const again = chain.start();
    const own = commit.signatures.find(({ validatorAddress }) => equalBytes(validatorAddress, b.key.address));
    expect(readSignState(b.layout.signState)).toMatchObject({ height: 2n, signature: own?.signature });
    expect(again.produceBlock().commit).toMatchObject({ height: 3n, round: 0 });
  });

  test("that signed another block of the record's height elsewhere stops the start", () => {
    const { layout, key } = freshHome();
    const chain = createChain([key]);
    const node = chain.start();
    node.produceBlock();
    const elsewhere = { ...readSignState(layout.signState), signBytes: new Uint8Array([1]) };
    writeSignState(layout.signState, elsewhere);
    expect(refusal(() => chain.start()).code).toBe("alreadySigned");
    expect(readSignState(layout.signState)).toEqual(elsewhere);
  });

  test("that is not held here is not asked", () => {
    const [a, b, c, d] = [freshHome(), freshHome(), freshHome(), freshHome()];
    writeSignState(d.layout.signState, { ...readSignState(d.layout.signState), height: 9n });
    const chain = createChain([a.key, b.key, c.key, d.key]);
    expect(chain.start([a.key, b.key, c.key]).produceBlock().commit.height).toBe(1n);
    expect(readSignState(d.layout.signState).height).toBe(9n);
  });

  test("without its state is refused, since nobody knows what it signed", () => {
    const { layout } = freshHome();
    rmSync(layout.signState);
    const refused = refusal(() => createKeyFiles(layout, { replace: false }));
    expect([refused.code, refused.hint]).toEqual(["missingFile", expect.stringMatching(/sign twice/)]);
  });
});
