/** Start-up, the way of a change, blocks, sends and relayed packets: on the real thing, from outside where it has an outside. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Localnet } from "@tandem-ics/localnet";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { type Figure, spread } from "./measure.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Runs `tandem` and gives what it printed. */
function tandem(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "scripts/tandem.mjs"), ...args], { cwd: root });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk;
    });
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve(out) : reject(new Error(`tandem ${args.join(" ")}: ${out}${err}`)),
    );
  });
}

/** Resident memory of a process in MB, its greatest. */
function peakMegabytes(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return line === null ? Number.NaN : Number(line[1]) / 1000;
}

/** `tandem up --detach` until it returns: both channels open, the first change in force. */
export async function benchStartup(
  runs: number,
  extra: readonly string[] = [],
  name = "tandem up, default network",
): Promise<Figure[]> {
  const wall: number[] = [];
  const memory: number[] = [];
  for (let run = 0; run < runs; run++) {
    const home = mkdtempSync(join(tmpdir(), "tandem-bench-"));
    try {
      const began = performance.now();
      await tandem(["up", "--detach", "--json", "--home", home, ...extra]);
      wall.push((performance.now() - began) / 1000);
      const { pid } = JSON.parse(readFileSync(join(home, "run.json"), "utf8")) as { pid: number };
      memory.push(peakMegabytes(pid));
      await tandem(["down", "--json", "--home", home]);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
  return [
    {
      name: `${name}: to open channels and a first change in force`,
      unit: "s",
      value: spread(wall),
      runs,
      note: "Go with Hermes 72 s (one channel)",
    },
    {
      name: `${name}: peak memory`,
      unit: "MB",
      value: spread(memory),
      runs,
      note: "Go with Hermes 371–1 031 MiB",
    },
  ];
}

/** `Localnet.start` in memory with one consumer, after the first start in the process. */
export async function benchInMemoryStart(runs: number): Promise<Figure[]> {
  await (await Localnet.start({ validators: 4, consumers: 1 })).stop();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    const net = await Localnet.start({ validators: 4, consumers: 1, seed: `bench ${run}` });
    times.push(performance.now() - began);
    await net.stop();
  }
  return [
    {
      name: "Localnet.start in memory, one consumer, channel open",
      unit: "ms",
      value: spread(times),
      runs,
      note: "aim 300",
    },
  ];
}

/** From a delegation to the change in force on the consumer: blocks and milliseconds, manual clock. */
export async function benchVscLatency(runs: number): Promise<Figure[]> {
  const net = await Localnet.start({ validators: 4, consumers: 2 });
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    await net.stake.delegate("alice", "1000000stake", { wait: "applied" });
    times.push(performance.now() - began);
  }
  await net.stop();
  return [
    {
      name: "delegation to change in force on two consumers, manual clock",
      unit: "ms",
      value: spread(times),
      runs,
    },
  ];
}

/** Empty blocks of the provider in the simulated engine. */
export async function benchBlocks(validators: number, blocks: number, runs: number): Promise<Figure[]> {
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const net = await Localnet.start({ validators, consumers: 0, provider: { maxValidators: validators } });
    const { node } = net.provider;
    for (let i = 0; i < 5; i++) node.produceBlock();
    const began = performance.now();
    for (let i = 0; i < blocks; i++) node.produceBlock();
    rates.push(blocks / ((performance.now() - began) / 1000));
    await net.stop();
  }
  return [
    { name: `simulated blocks, ${validators} validators`, unit: "blocks/s", value: spread(rates), runs },
  ];
}

/** ICS-20 packets from consumer to provider, through the relayer: received and acknowledged. */
export async function benchRelay(packets: number, runs: number): Promise<Figure[]> {
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const net = await Localnet.start({ validators: 4, consumers: 1 });
    await sendTransfers(net, packets);
    const began = performance.now();
    let done = 0;
    while (done < packets) {
      const counts = await net.relay.once(undefined, { maxMessages: 200 });
      done += counts.acknowledgements;
    }
    rates.push(packets / ((performance.now() - began) / 1000));
    await net.stop();
  }
  return [
    {
      name: "relayed packets, received and acknowledged",
      unit: "packets/s",
      value: spread(rates),
      runs,
      note: "Go with Hermes 30–38",
    },
  ];
}

async function sendTransfers(net: Localnet, packets: number): Promise<void> {
  const [consumer] = net.consumers;
  const sender = net.sender(consumer!.name, "owner");
  const receiver = net.accounts.find((a) => a.name === "owner")!.address;
  const { channels } = await consumer!.client.query.ibcChannel.Channels({
    pagination: { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false },
  });
  const channel = channels.find((c) => c.portId === "transfer")!;
  const { timeNs } = await consumer!.client.status();
  for (let sent = 0; sent < packets; ) {
    const count = Math.min(500, packets - sent);
    await sender.send(
      Array.from({ length: count }, () => ({
        typeUrl: "/ibc.applications.transfer.v1.MsgTransfer",
        value: MsgTransfer.fromPartial({
          sourcePort: "transfer",
          sourceChannel: channel.channelId,
          token: { denom: consumer!.denom, amount: "1" },
          sender: sender.address,
          receiver,
          timeoutTimestamp: timeNs + 86_400_000_000_000n,
        }),
      })),
    );
    sent += count;
  }
}
