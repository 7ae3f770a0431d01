import { ClientError, formatMisbehaviour, misbehaviourMessage, parseAttackFile } from "@tandem-ics/client";
import { Localnet } from "@tandem-ics/localnet";
import { createEvidenceWatch, findConsumer, freezeClient, judgeEvidence } from "@tandem-ics/relayer";
import type { Misbehaviour } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";

type Report = Awaited<ReturnType<Localnet["status"]>>;
const find = (report: Report, chain: string, name: string) =>
  report.chains.find((c) => c.name === chain)?.validators.find((v) => v.name === name);
const ALL = { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false };

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

const tokensIn = async (net: Localnet, name: string): Promise<bigint> => {
  const { validators } = await net.provider.client.query.staking.Validators({ status: "", pagination: ALL });
  return BigInt(validators.find((v) => v.description.moniker === name)!.tokens);
};
const clientStatus = async (net: Localnet): Promise<string> => {
  const { clientId } = await findConsumer(net.provider.client, { name: "consumer-0" });
  return (await net.provider.client.query.ibcClient.ClientStatus({ clientId })).status;
};

describe("a light-client attack on the provider's client of a consumer", () => {
  let net: Localnet;
  const tokens = (name: string) => tokensIn(net, name);
  const submit = (file: string) =>
    net.evidence.submitLightClientAttack("consumer-0", file, { unchecked: true });

  beforeAll(async () => {
    net = await Localnet.start({ checkInvariants: true, validators: 6, consumers: 2 });
  }, 60_000);
  afterAll(() => net?.stop());

  test("takes more than two thirds of the power for a second block, more than a third for an invented one", async () => {
    const attempt = (names: string[], kind: "equivocation" | "lunatic" | "amnesia") =>
      net.fault.lightClientAttack(names, "consumer-0", { kind });
    await expect(attempt(["alice", "bob"], "equivocation")).rejects.toThrow("more than 2/3");
    await expect(attempt(["alice", "bob"], "amnesia")).rejects.toThrow("more than 2/3");
    await expect(attempt(["bob", "frank"], "lunatic")).rejects.toThrow("more than 1/3");
    await expect(attempt(["alice", "nobody"], "lunatic")).rejects.toThrow('no validator "nobody"');
  });

  describe("by amnesia", () => {
    const names = ["alice", "bob", "carol", "dave", "erin"];

    test("is refused here, for nobody can be blamed, and by the provider", async () => {
      const { evidence } = await net.fault.lightClientAttack(names, "consumer-0", { kind: "amnesia" });
      await expect(net.evidence.submitLightClientAttack("consumer-0", evidence)).rejects.toThrow(
        "it can be told who broke the rules: amnesia",
      );
      const before = await Promise.all(names.map(tokens));
      expect(await refusal(submit(evidence))).toBe("undefined/1");
      expect(await Promise.all(names.map(tokens))).toEqual(before);
    });
  });

  describe("by invented state (lunatic)", () => {
    const attackers = ["carol", "dave", "erin"];
    let file: string;
    const altered = (change: (parsed: Misbehaviour) => void): string => {
      const parsed = parseAttackFile(file);
      if (!("misbehaviour" in parsed)) throw new Error("the file is not complete");
      change(parsed.misbehaviour);
      return formatMisbehaviour(parsed.misbehaviour);
    };

    beforeAll(async () => {
      ({ evidence: file } = await net.fault.lightClientAttack(attackers, "consumer-0", { kind: "lunatic" }));
    });

    test("holds by every rule when checked before sending", async () => {
      const { ok, checks } = await net.evidence.checkLightClientAttack("consumer-0", file);
      expect(checks.filter((c) => !c.ok)).toEqual([]);
      expect(ok).toBe(true);
    });

    test.each<[string, (m: Misbehaviour) => void, string]>([
      [
        "another client",
        (m) => {
          m.clientId = "07-tendermint-9";
        },
        "undefined/1",
      ],
      [
        "one header twice",
        (m) => {
          m.header2 = m.header1!;
        },
        "client/13",
      ],
      [
        "a trusted height that the client does not know",
        (m) => {
          m.header2!.trustedHeight = { revisionNumber: 0n, revisionHeight: 2n };
        },
        "client/7",
      ],
      [
        "a forged signature",
        (m) => {
          m.header2!.signedHeader!.commit!.signatures[0]!.signature[3]! ^= 1;
        },
        "provider/47",
      ],
      [
        "no trusted validators",
        (m) => {
          delete m.header1!.trustedValidators;
        },
        "provider/47",
      ],
    ])("is refused with %s", async (_, change, expected) => {
      const before = await tokens("dave");
      const own = await net.evidence.checkLightClientAttack("consumer-1", altered(change));
      expect(own.ok).toBe(false);
      // Ours would tie the headers to another height where that helps: sent as it is, by the message alone.
      const sender = net.sender("provider", "owner");
      const { consumerId } = net.chain("consumer-0");
      const { misbehaviour } = parseAttackFile(altered(change)) as { misbehaviour: Misbehaviour };
      expect(
        await refusal(sender.send([misbehaviourMessage(sender.address, consumerId!, misbehaviour)])),
      ).toBe(expected);
      expect(await tokens("dave")).toBe(before);
    });

    test("is refused against another consumer", async () => {
      expect(
        await refusal(net.evidence.submitLightClientAttack("consumer-1", file, { unchecked: true })),
      ).toBe("undefined/1");
    });

    test("has who signed both slashed, jailed, tombstoned and removed everywhere, and nobody else", async () => {
      const names = ["alice", "bob", "frank", ...attackers];
      const before = new Map(await Promise.all(names.map(async (n) => [n, await tokens(n)] as const)));
      await net.evidence.submitLightClientAttack("consumer-0", file, { wait: "applied" });
      for (const name of names) {
        const guilty = attackers.includes(name);
        const held = before.get(name)!;
        expect([name, await tokens(name)]).toEqual([name, guilty ? held - held / 20n : held]);
      }
      await net.blocks(3);
      const report = await net.status();
      for (const name of attackers) {
        for (const chain of ["provider", "consumer-0", "consumer-1"])
          expect([name, chain, find(report, chain, name)?.power ?? "0"]).toEqual([name, chain, "0"]);
        expect(find(report, "provider", name)).toMatchObject({ power: "0", jailed: true, tombstoned: true });
      }
      expect(find(report, "provider", "alice")).toMatchObject({ jailed: false });
      expect(find(report, "consumer-0", "alice")?.power).not.toBe("0");
    });

    test("leaves the client as it was, and packets go on", async () => {
      expect(await clientStatus(net)).toBe("Active");
      const before = BigInt(find(await net.status(), "consumer-0", "alice")!.power);
      await net.stake.delegate("alice", "5000000", { wait: "applied" });
      expect(BigInt(find(await net.status(), "consumer-0", "alice")!.power)).toBe(before + 5n);
    });

    test("is refused a second time", async () => {
      expect(await refusal(submit(file))).toBe("undefined/1");
    });
  });
});

describe("a conflicting header that is shown to the provider's client", () => {
  test("is found by the watch, judged, and punished before the client is frozen", async () => {
    const net = await Localnet.start({ checkInvariants: true, validators: 4, consumers: 1 });
    try {
      const { provider } = net;
      const consumer = net.chain("consumer-0");
      const entry = await findConsumer(provider.client, { name: "consumer-0" });
      const watch = await createEvidenceWatch({
        provider: provider.client,
        consumer: consumer.client,
        clientId: entry.clientId,
      });
      await net.stake.delegate("alice", "1000000", { wait: "applied" });
      // Honest updates are nothing to tell of.
      expect(await watch.scan()).toEqual({ found: [], uncompared: 0 });
      const attack = await net.fault.lightClientAttack(["alice", "bob", "carol"], "consumer-0", {
        kind: "equivocation",
        offer: true,
      });
      const { found } = await watch.scan();
      expect(found.map(({ kind, source, height }) => [kind, source, height.toString()])).toEqual([
        ["light-client-attack", "client update", attack.height],
      ]);
      const sender = net.sender("provider", "owner");
      const pair = {
        provider: provider.client,
        consumer: consumer.client,
        entry,
        prefix: provider.bech32Prefix,
      };
      const judged = await judgeEvidence(pair, found[0]!, sender.address);
      expect(judged.report.checks.filter((c) => !c.ok)).toEqual([]);
      const before = await tokensIn(net, "carol");
      await judged.send(sender);
      expect(await tokensIn(net, "carol")).toBe(before - before / 20n);
      expect(await clientStatus(net)).toBe("Active");
      await freezeClient(pair, judged.misbehaviour!, sender);
      expect(await clientStatus(net)).toBe("Frozen");
      // The freezing message is evidence of the same block: told once.
      expect(await watch.scan()).toEqual({ found: [], uncompared: 0 });
    } finally {
      await net.stop();
    }
  }, 60_000);

  test("still convicts when somebody was faster in freezing the client", async () => {
    const net = await Localnet.start({ checkInvariants: true, validators: 4, consumers: 1 });
    try {
      const attackers = ["alice", "bob", "carol"];
      const { evidence } = await net.fault.lightClientAttack(attackers, "consumer-0");
      const { misbehaviour } = parseAttackFile(evidence) as { misbehaviour: Misbehaviour };
      const entry = await findConsumer(net.provider.client, { name: "consumer-0" });
      const { client, bech32Prefix } = net.provider;
      const pair = {
        provider: client,
        consumer: net.chain("consumer-0").client,
        entry,
        prefix: bech32Prefix,
      };
      const watch = await createEvidenceWatch({
        provider: client,
        consumer: pair.consumer,
        clientId: entry.clientId,
      });
      await freezeClient(pair, misbehaviour, net.sender("provider", "owner"));
      expect(await clientStatus(net)).toBe("Frozen");
      const { found } = await watch.scan();
      expect(found.map(({ source }) => source)).toEqual(["client misbehaviour"]);
      const judged = await judgeEvidence(pair, found[0]!, net.sender("provider", "owner").address);
      const before = await tokensIn(net, "bob");
      await judged.send(net.sender("provider", "owner"));
      expect(await tokensIn(net, "bob")).toBe(before - before / 20n);
    } finally {
      await net.stop();
    }
  }, 60_000);
});
