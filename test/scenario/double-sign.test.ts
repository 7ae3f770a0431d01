import { ClientError, type EvidenceFile, formatEvidenceFile, parseEvidenceFile } from "@tandem-ics/client";
import {
  ed25519Key,
  makeValidator,
  newValidatorSet,
  validatorSetToProto,
  voteSignBytes,
} from "@tandem-ics/comet";
import { ed25519PublicKey, ed25519Sign, sha256, utf8 } from "@tandem-ics/crypto";
import { Localnet } from "@tandem-ics/localnet";

type Report = Awaited<ReturnType<Localnet["status"]>>;
const find = (report: Report, chain: string, name: string) =>
  report.chains.find((c) => c.name === chain)?.validators.find((v) => v.name === name);

/** Codespace and code of a refusal by the chain. */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof ClientError && error.abci !== undefined)
      return `${error.abci.codespace}/${error.abci.code}`;
    throw error;
  }
  throw new Error("was accepted");
}

describe("double signing on a consumer", () => {
  let net: Localnet;
  let file: string;
  const tokens = async (name: string): Promise<bigint> => {
    const { validators } = await net.provider.client.query.staking.Validators({
      status: "",
      pagination: { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false },
    });
    return BigInt(validators.find((v) => v.description.moniker === name)!.tokens);
  };
  const submit = (evidence: string) =>
    net.evidence.submitDoubleSign("consumer-0", evidence, { unchecked: true });
  /** The evidence with something changed. */
  const altered = (change: (parsed: EvidenceFile) => void): string => {
    const parsed = parseEvidenceFile(file);
    change(parsed);
    return formatEvidenceFile(parsed.evidence, parsed.header!);
  };

  beforeAll(async () => {
    net = await Localnet.start({ checkInvariants: true, validators: 4, consumers: 2 });
    file = (await net.fault.doubleSign("dave", "consumer-0")).evidence;
  }, 60_000);
  afterAll(() => net?.stop());

  test("the evidence holds by every rule when checked before sending", async () => {
    const report = await net.evidence.check("consumer-0", file);
    expect(report.checks.filter((c) => !c.ok)).toEqual([]);
  });

  test.each([
    [
      "another height in one vote",
      (p: EvidenceFile) => {
        p.evidence.voteB!.height += 1n;
      },
      "CCV/16",
    ],
    [
      "another round in one vote",
      (p: EvidenceFile) => {
        p.evidence.voteB!.round += 1;
      },
      "CCV/16",
    ],
    [
      "another kind in one vote",
      (p: EvidenceFile) => {
        p.evidence.voteB!.type = 1;
      },
      "CCV/16",
    ],
    [
      "another address in one vote",
      (p: EvidenceFile) => {
        p.evidence.voteB!.validatorAddress = new Uint8Array(20);
      },
      "CCV/16",
    ],
    [
      "another block in vote A",
      (p: EvidenceFile) => {
        p.evidence.voteA!.blockId!.hash = new Uint8Array(32);
      },
      "undefined/1",
    ],
    [
      "another time in vote A",
      (p: EvidenceFile) => {
        p.evidence.voteA!.timestamp!.seconds += 1n;
      },
      "undefined/1",
    ],
    [
      "a forged signature",
      (p: EvidenceFile) => {
        p.evidence.voteB!.signature[3]! ^= 1;
      },
      "undefined/1",
    ],
    [
      "equal votes",
      (p: EvidenceFile) => {
        p.evidence.voteB = p.evidence.voteA!;
      },
      "provider/48",
    ],
    [
      "votes in the wrong order",
      (p: EvidenceFile) => {
        const { voteA, voteB } = p.evidence;
        p.evidence.voteA = voteB!;
        p.evidence.voteB = voteA!;
      },
      "provider/48",
    ],
    [
      "a header without the validator",
      (p: EvidenceFile) => {
        const set = p.header!.validatorSet!;
        set.validators = set.validators.filter(
          (v) => Buffer.compare(v.address, p.evidence.voteA!.validatorAddress) !== 0,
        );
        set.proposer = set.validators[0]!;
      },
      "CCV/16",
    ],
  ])("refuses evidence with %s", async (_, change, expected) => {
    const before = await tokens("dave");
    expect(await refusal(submit(altered(change)))).toBe(expected);
    expect(await tokens("dave")).toBe(before);
  });

  test("refuses evidence by a key that nobody assigned, although its votes are rightly signed", async () => {
    const seed = sha256(utf8("stranger"));
    const pubKey = ed25519Key(ed25519PublicKey(seed));
    const stranger = makeValidator(pubKey, 100n);
    const forged = altered(({ evidence, header }) => {
      for (const vote of [evidence.voteA!, evidence.voteB!]) {
        vote.validatorAddress = stranger.address;
        vote.signature = ed25519Sign(seed, voteSignBytes("consumer-0", vote));
      }
      // The provider takes the key from the header, whose commit it does not check.
      header!.validatorSet = validatorSetToProto(newValidatorSet([stranger]));
    });
    expect(await refusal(submit(forged))).toBe("slashing/2");
  });

  test("refuses evidence for another chain", async () => {
    const before = await tokens("dave");
    expect(await refusal(net.evidence.submitDoubleSign("consumer-1", file, { unchecked: true }))).toBe(
      "undefined/1",
    );
    expect(await tokens("dave")).toBe(before);
  });

  test("takes exactly five percent, jails and tombstones on the provider, and removes the validator everywhere", async () => {
    const before = await tokens("dave");
    await net.evidence.submitDoubleSign("consumer-0", file, { wait: "applied" });
    expect(await tokens("dave")).toBe(before - (before * 5n) / 100n);
    const { validators } = await net.provider.client.query.staking.Validators({
      status: "",
      pagination: { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false },
    });
    expect(validators.find((v) => v.description.moniker === "dave")!.jailed).toBe(true);
    const { info } = await net.provider.client.query.slashing.SigningInfos({
      pagination: { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false },
    });
    expect(info.filter((i) => i.tombstoned)).toHaveLength(1);
    await net.blocks(3);
    const report = await net.status();
    for (const chain of ["provider", "consumer-0", "consumer-1"])
      expect(find(report, chain, "dave")?.power ?? "0").toBe("0");
    expect(find(report, "provider", "dave")).toMatchObject({ power: "0", jailed: true, tombstoned: true });
  });

  test("refuses the same evidence again", async () => {
    expect(await refusal(submit(file))).toBe("undefined/1");
  });

  test("a validator that signed with an assigned key is found by it", async () => {
    await net.validator.assignKey("carol", "consumer-1");
    await net.epochEnd();
    await net.relay.once();
    await net.blocks(3);
    const { evidence } = await net.fault.doubleSign("carol", "consumer-1");
    const before = await tokens("carol");
    await net.evidence.submitDoubleSign("consumer-1", evidence, { wait: "applied" });
    expect(await tokens("carol")).toBe(before - (before * 5n) / 100n);
  });
});

test("refuses evidence from before a consumer's minimum height", async () => {
  const net = await Localnet.start({
    checkInvariants: true,
    validators: 4,
    consumers: [{ name: "late", initialHeight: 50 }],
  });
  try {
    const { evidence } = await net.fault.doubleSign("dave", "late");
    const old = parseEvidenceFile(evidence);
    for (const vote of [old.evidence.voteA!, old.evidence.voteB!]) vote.height = 49n;
    const file = formatEvidenceFile(old.evidence, old.header!);
    // A signature that does not verify would be undefined/1: the height is looked at first.
    expect(await refusal(net.evidence.submitDoubleSign("late", file, { unchecked: true }))).toBe("CCV/16");
    await net.evidence.submitDoubleSign("late", evidence);
  } finally {
    await net.stop();
  }
}, 60_000);
