/** `tandem tx` and a Go binary's `tx` on one chain: files, bytes and signatures are equal, and the chain takes ours. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountOf } from "./harness/accounts.ts";
import { createGoProvider, type GoChain } from "./harness/go-chain.ts";
import type { JsonObject } from "./harness/go-genesis.ts";
import { describeInterop, peerPath } from "./harness/peers.ts";
import { TANDEM } from "./harness/places.ts";
import { createScratch, type Scratch } from "./harness/scratch.ts";
import { cliTwins, type Printed } from "./support/cli-twins.ts";
import { inLanes } from "./support/lanes.ts";

// Some sixty programs, each of which may have to wait for the machine.
jest.setTimeout(900_000);

const RECEIVER = "cosmos1w7f3xx7e75p4l7qdym5msqem9rd4dyc4752spg";
const KEYS = ["--keyring-backend", "test"];

describeInterop("transactions of the command beside a Go binary's", () => {
  let scratch: Scratch;
  let go: GoChain;
  let home: string;
  let main: string;

  async function run(file: string, args: readonly string[], input = ""): Promise<string> {
    const ran = await scratch.run(file, args, { input, env: { TANDEM_MNEMONIC: "" } });
    if (ran.code !== 0) throw new Error(`${args.join(" ")}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
    return ran.stdout.trim();
  }
  const flags = (): string[] => ["--node", go.rpcUrl, "--chain-id", go.chainId, "--home", home, ...KEYS];
  /** `tx ARGS` by either program, on one home. */
  const theirs = (...args: string[]) => run(peerPath("interchain-security-pd"), ["tx", ...args, ...flags()]);
  const ours = (...args: string[]) => run(process.execPath, [TANDEM, "tx", ...args, ...flags()]);
  const path = (name: string): string => join(scratch.directory, name);
  const write = (name: string, text: string): string => {
    writeFileSync(path(name), text);
    return path(name);
  };

  beforeAll(async () => {
    scratch = createScratch();
    home = join(scratch.directory, "keys");
    go = await createGoProvider(scratch, {
      chainId: "files-1",
      validators: [{ name: "main", stake: 900_000_000n }],
      edit(app: JsonObject) {
        const gov = (app["gov"] as JsonObject)["params"] as JsonObject;
        (gov["min_deposit"] as JsonObject[])[0]!["amount"] = "10";
      },
    });
    await go.start();
    const add = (name: string, mnemonic: string) =>
      run(
        process.execPath,
        [TANDEM, "keys", "add", name, "--recover", "--home", home, ...KEYS],
        `${mnemonic}\n`,
      );
    for (const name of ["main", "one", "two"]) await add(name, (await accountOf(name)).mnemonic);
    main = (await accountOf("main")).address;
  });
  afterAll(() => scratch?.end());

  test.each(["direct", "amino-json"])("what both sign offline (%s) is equal, and taken", async (mode) => {
    const sequence = mode === "direct" ? "1" : "2";
    const line = ["bank", "send", main, RECEIVER, "5stake", "--generate-only", "--note", "<a> & b"];
    const more = [
      "--fees",
      "7stake",
      "--gas",
      "150000",
      "--timeout-height",
      "99999999",
      "--fee-granter",
      RECEIVER,
    ];
    const [unsigned, same] = [await ours(...line, ...more), await theirs(...line, ...more)];
    expect(unsigned).toBe(same);
    // Nobody has granted anything: what is sent has no granter.
    const file = write("unsigned.json", await ours(...line, ...more.slice(0, -2)));
    const sign = ["sign", file, "--from", "main", "--sign-mode", mode];
    const offline = ["--offline", "--account-number", "0", "--sequence", sequence];
    const signed = await ours(...sign, ...offline);
    expect(signed).toBe(await theirs(...sign, ...offline));
    expect(await ours(...sign, "--signature-only")).toBe(await theirs(...sign, "--signature-only"));
    const bytes = await ours("encode", write("signed.json", signed));
    expect(bytes).toBe(await theirs("encode", path("signed.json")));
    expect(await ours("decode", bytes)).toBe(await theirs("decode", bytes));
    expect(JSON.parse(await ours("broadcast", path("signed.json"), "--json"))).toMatchObject({ code: 0 });
  });

  test("a group's signature of ours is the Go binary's, and taken", async () => {
    const members = ["--multisig", "one,two,main", "--multisig-threshold", "2"];
    const keys = [TANDEM, "keys", "add", "group", ...members, "--output", "json", "--home", home, ...KEYS];
    const group = (JSON.parse(await run(process.execPath, keys)) as { address: string }).address;
    await ours("bank", "send", main, group, "50stake");
    const file = write(
      "group.json",
      await ours("bank", "send", group, RECEIVER, "9stake", "--generate-only"),
    );
    const sign = (who: string) => ["sign", file, "--from", who, "--multisig", "group"];
    const one = await ours(...sign("one"));
    expect(one).toBe(await theirs(...sign("one")));
    await ours(...sign("main"), "--output-document", path("b.json"));
    const joining = ["multisign", file, "group", write("a.json", one), path("b.json")];
    const whole = await ours(...joining);
    expect(whole).toBe(await theirs(...joining));
    const check = ["validate-signatures", write("whole.json", whole)];
    expect(await ours(...check)).toBe(await theirs(...check));
    await ours("broadcast", path("whole.json"));
  });

  test("queries of governance are equal to the byte", async () => {
    const proposal = write(
      "proposal.json",
      JSON.stringify({
        messages: [
          {
            "@type": "/interchain_security.ccv.provider.v1.MsgUpdateConsumer",
            owner: "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn",
            consumer_id: "0",
            infraction_parameters: {
              downtime: { slash_fraction: "0.0001", jail_duration: "600.5s", tombstone: false },
            },
          },
        ],
        deposit: "10stake",
        title: "<shape> & more",
        summary: "because",
        metadata: "m",
        expedited: false,
      }),
    );
    await ours("gov", "submit-proposal", proposal, "--from", "main");
    // Weights are text in amino: the Go chain takes them so.
    const vote = ["gov", "weighted-vote", "1", "yes=0.6,no=0.4", "--metadata", "why", "--from", "main"];
    await ours(...vote, "--sign-mode", "amino-json");
    const { height } = await (await go.client()).status();
    const twins = cliTwins(scratch, "interchain-security-pd", { url: go.rpcUrl, chainId: go.chainId });
    const lines = [
      ...["params", "params voting", "params tallying", "params deposit", "params none", "constitution"],
      ...["proposal 1", "proposer 0x1", "proposal 01", "proposal 9", "proposal x", "proposals"],
      ...["proposals --proposal-status voting-period", "proposals --proposal-status passed"],
      ...[`proposals --voter ${main} --page-count-total`, `proposals --depositor ${RECEIVER}`],
      ...["proposals --page-limit 1 --page-reverse", "proposals --page-offset 1", "proposals --no-indent"],
      ...["votes 1", "votes 9", `vote 1 ${main}`, `vote 1 ${RECEIVER}`, "deposits 1", "deposits 9"],
      ...[`deposit 1 ${main}`, `deposit 9 ${main}`, "tally 1", "tally 9"],
    ];
    const differences: unknown[] = [];
    const codes: Printed["code"][] = [];
    await inLanes(lines.length, async (i) => {
      const [theirs, ours] = await twins.query(height, "gov", ...lines[i]!.split(" "));
      codes.push(theirs.code);
      if (theirs.code !== ours.code || theirs.text !== ours.text)
        differences.push({ line: lines[i], theirs, ours });
    });
    expect(differences).toEqual([]);
    expect(codes.filter((code) => code === "refused")).toHaveLength(6);
  });
});
