/** Bytes that ibc-go chains commit to, store under and parse. */

import { be64, fromBase64, fromHex, toBase64, toHex, utf8 } from "@tandem-ics/crypto";
import {
  ackPath,
  channelPath,
  clientConnectionsPath,
  clientPrefix,
  clientStatePath,
  commitAcknowledgement,
  commitmentPath,
  commitPacket,
  connectionPath,
  consensusIterationKey,
  consensusStatePath,
  DEFAULT_VERSION,
  decodeAcknowledgement,
  decodePacketData,
  denomHash,
  denomPath,
  encodeAcknowledgement,
  errorAcknowledgement,
  escrowAddress,
  formatHeight,
  type Height,
  ibcDenom,
  isChannelId,
  isClientId,
  isConnectionId,
  isElapsed,
  isPortId,
  isRevisionFormat,
  nextSequenceAckPath,
  nextSequenceRecvPath,
  nextSequenceSendPath,
  packetDataBytes,
  parseDenom,
  parseHeight,
  processedHeightPath,
  processedTimePath,
  receiptPath,
  revisionOf,
} from "@tandem-ics/ibc";
import { fromProtoJson, parseJson, toProtoJson } from "@tandem-ics/proto";
import { createAddressCodecs, plainError } from "@tandem-ics/runtime";
import { Any } from "cosmjs-types/google/protobuf/any";
import { Channel, Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { ConnectionEnd, Version } from "cosmjs-types/ibc/core/connection/v1/connection";
import { describeEach, presenceTest, testEach } from "../each.ts";
import { hasKeys, vectorFiles } from "./load.ts";

const files = vectorFiles(hasKeys("packets", "acks", "paths", "values", "identifiers"));

presenceTest("there are vectors of commitments", () => {
  expect(files.length).toBeGreaterThan(0);
});

type Row = Record<string, string>;

describeEach(files)("ibc commitments $path", ({ json }) => {
  testEach(json.packets as Row[])("packet $sourceChannel/$sequence", (row) => {
    const bytes = fromBase64(row["proto"]!);
    const packet = Packet.decode(bytes);
    expect(toBase64(Packet.encode(packet).finish())).toBe(row["proto"]);
    const fields = {
      sequence: packet.sequence.toString(),
      sourcePort: packet.sourcePort,
      sourceChannel: packet.sourceChannel,
      destinationPort: packet.destinationPort,
      destinationChannel: packet.destinationChannel,
      data: toHex(packet.data),
      timeoutHeight: formatHeight(packet.timeoutHeight),
      timeoutTimestamp: packet.timeoutTimestamp.toString(),
      commitment: toHex(commitPacket(packet)),
      commitmentKey: commitmentPath(packet.sourcePort, packet.sourceChannel, packet.sequence),
      receiptKey: receiptPath(packet.destinationPort, packet.destinationChannel, packet.sequence),
      ackKey: ackPath(packet.destinationPort, packet.destinationChannel, packet.sequence),
    };
    const { proto: _, ...expected } = row;
    expect(fields).toEqual(expected);
  });

  testEach(json.acks as { kind: string; json: string; commitment: string; success: boolean }[])(
    "acknowledgement $kind",
    ({ json: text, commitment, success }) => {
      const bytes = utf8(text);
      expect(toHex(commitAcknowledgement(bytes))).toBe(commitment);
      const content = decodeAcknowledgement(bytes)!;
      expect("result" in content).toBe(success);
      expect(encodeAcknowledgement(content)).toEqual(bytes);
    },
  );

  test("an error without a code is acknowledged with code 1", () => {
    const unregistered = (json.acks as Row[]).find(({ kind }) => kind === "error unregistered")!;
    expect(errorAcknowledgement(plainError("secret detail")).bytes).toEqual(utf8(unregistered["json"]!));
    expect(errorAcknowledgement(new Error("secret detail")).bytes).toEqual(utf8(unregistered["json"]!));
  });

  testEach(json.rawAcks as Row[])("raw acknowledgement $ack", ({ ack, commitment }) => {
    expect(toHex(commitAcknowledgement(fromHex(ack!)))).toBe(commitment);
    expect(decodeAcknowledgement(fromHex(ack!))).toBeUndefined();
  });

  testEach(json.paths as Row[])("paths of $client, $connection, $channel", (row) => {
    const { client, connection, channel, port } = row as Record<
      "client" | "connection" | "channel" | "port",
      string
    >;
    const height = parseHeight(row["height"]!)!;
    expect({
      clientState: clientStatePath(client),
      consensusState: consensusStatePath(client, height),
      processedTime: processedTimePath(client, height),
      processedHeight: processedHeightPath(client, height),
      iterationKeyHex: toHex(utf8(clientPrefix(client))) + toHex(consensusIterationKey(height)),
      iterationValue: consensusStatePath(client, height).slice(clientPrefix(client).length),
      clientConnections: clientConnectionsPath(client),
      connectionKey: connectionPath(connection),
      channelKey: channelPath(port, channel),
      nextSequenceSend: nextSequenceSendPath(port, channel),
      nextSequenceRecv: nextSequenceRecvPath(port, channel),
      nextSequenceAck: nextSequenceAckPath(port, channel),
      client,
      connection,
      channel,
      port,
      height: formatHeight(height),
    }).toEqual(row);
  });

  describeEach(json.values as Row[])("values of $chainId", (row) => {
    test("have the recorded revision", () => {
      expect(revisionOf(row["chainId"]!).toString()).toBe(row["revision"]);
    });
    testEach(["clientState", "consensusState"])("%s", (name) => {
      const encoded = row[`${name}Any`]!;
      const any = Any.decode(fromBase64(encoded));
      const value = toProtoJson("google.protobuf.Any", any);
      expect(value).toEqual(JSON.parse(row[`${name}Json`]!));
      const back = fromProtoJson("google.protobuf.Any", parseJson(row[`${name}Json`]!)) as Any;
      expect(toBase64(Any.encode(back).finish())).toBe(encoded);
    });
    testEach([
      ["connection", "ibc.core.connection.v1.ConnectionEnd", ConnectionEnd],
      ["channel", "ibc.core.channel.v1.Channel", Channel],
    ] as const)("%s", (name, typeName, codec) => {
      const value = codec.decode(fromBase64(row[name]!));
      expect(toBase64(codec.encode(value as never).finish())).toBe(row[name]);
      expect(toProtoJson(typeName, value)).toEqual(JSON.parse(row[`${name}Json`]!));
    });
  });

  test("the default version, receipt and form of sequences", () => {
    expect(toBase64(Version.encode(DEFAULT_VERSION).finish())).toBe(json.constants.defaultVersion);
    expect(json.constants.receiptValue).toBe("01");
    expect(toHex(be64(258n))).toBe(json.constants.sequence258);
  });

  testEach(json.denoms as Row[])("denomination $path", ({ path, hash, ibcDenom: name }) => {
    const denom = parseDenom(path!);
    expect(denomPath(denom)).toBe(path);
    expect(toHex(denomHash(denom))).toBe(hash);
    expect(ibcDenom(denom)).toBe(name);
  });

  testEach(json.denomParsing as { input: string; hops: number; base: string; ibcDenom: string }[])(
    "path $input",
    ({ input, hops, base, ibcDenom: name }) => {
      const denom = parseDenom(input);
      expect({ hops: denom.trace.length, base: denom.base, name: ibcDenom(denom) }).toEqual({
        hops,
        base,
        name,
      });
    },
  );

  testEach(json.escrow as Row[])("escrow of $port/$channel", ({ port, channel, addressHex, cosmos }) => {
    const address = escrowAddress(port!, channel!);
    expect(toHex(address)).toBe(addressHex);
    expect(createAddressCodecs("cosmos").account.encode(address)).toBe(cosmos);
  });

  testEach(json.transferPackets as Row[])("transfer of $amount with memo $memo", ({ bytes, ...row }) => {
    const data = row as unknown as ReturnType<typeof decodePacketData>;
    expect(toHex(packetDataBytes(data))).toBe(bytes);
    expect(decodePacketData(fromHex(bytes!))).toEqual(data);
  });

  testEach(json.revisions as { chainId: string; isRevisionFormat: boolean; revision: string }[])(
    "revision of $chainId",
    ({ chainId, isRevisionFormat: expected, revision }) => {
      expect(isRevisionFormat(chainId)).toBe(expected);
      if (revision === "panics") expect(() => revisionOf(chainId)).toThrow(RangeError);
      else expect(revisionOf(chainId).toString()).toBe(revision);
    },
  );

  testEach(
    json.identifiers as {
      id: string;
      client: boolean;
      connection: boolean;
      channel: boolean;
      port: boolean;
    }[],
  )("identifier $id", ({ id, ...expected }) => {
    expect({
      client: isClientId(id),
      connection: isConnectionId(id),
      channel: isChannelId(id),
      port: isPortId(id),
    }).toEqual(expected);
  });

  testEach(json.timeouts as (Row & { elapsed: boolean })[])(
    "timeout $timeoutHeight, $timeoutTimestamp at $height, $timestamp",
    (row) => {
      const timeout = {
        timeoutHeight: parseHeight(row["timeoutHeight"]!) as Height,
        timeoutTimestamp: BigInt(row["timeoutTimestamp"]!),
      };
      const point = { height: parseHeight(row["height"]!) as Height, timeNs: BigInt(row["timestamp"]!) };
      expect(isElapsed(timeout, point)).toBe(row.elapsed);
    },
  );
});
