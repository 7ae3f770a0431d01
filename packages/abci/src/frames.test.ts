import fc from "fast-check";
import { createFrameReader, encodeLength, MAX_REQUEST_BYTES } from "./frames.ts";
import { frame } from "./testing.ts";

/** Everything that comes out of a reader. */
function drain(reader: ReturnType<typeof createFrameReader>): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) frames.push(next);
  return frames;
}

test("frames come out whole however the stream is cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 300 })),
      fc.boolean(),
      (bodies, cuts, readAtOnce) => {
        const stream = Buffer.concat(bodies.map(frame));
        const reader = createFrameReader();
        const frames: Uint8Array[] = [];
        for (let at = 0; at < stream.length; ) {
          const to = at + cuts.next().value;
          reader.push(stream.subarray(at, to));
          if (readAtOnce) frames.push(...drain(reader));
          at = to;
        }
        frames.push(...drain(reader));
        expect(frames.map((f) => Buffer.from(f))).toEqual(bodies.map((b) => Buffer.from(b)));
      },
    ),
  );
});

test("a frame larger than what arrives at once is put together", () => {
  const body = new Uint8Array(3_000_000).map((_, i) => i % 251);
  const reader = createFrameReader();
  reader.push(encodeLength(body.length));
  for (let at = 0; at < body.length; at += 65_536) {
    expect(reader.next()).toBeUndefined();
    reader.push(body.subarray(at, at + 65_536));
  }
  expect(Buffer.from(reader.next()!).equals(body)).toBe(true);
  expect(reader.next()).toBeUndefined();
});

test.each([
  [0, [0]],
  [127, [0x7f]],
  [128, [0x80, 1]],
  [300, [0xac, 2]],
  [MAX_REQUEST_BYTES, [0x80, 0x80, 0x80, 0x32]],
  [2 ** 32, [0x80, 0x80, 0x80, 0x80, 0x10]],
])("length %d is written as Go writes a uvarint", (length, bytes) => {
  expect([...encodeLength(length)]).toEqual(bytes);
});

test.each<[string, number[], string]>([
  ["one byte above the limit", [0x81, 0x80, 0x80, 0x32], "104857601 bytes exceeds the limit of 104857600"],
  ["above what an integer holds", [...new Array(8).fill(0xff), 0x7f], "exceeds the limit"],
  ["of more than 64 bits", [...new Array(9).fill(0x80), 2], "no 64-bit varint"],
  ["without an end", new Array(11).fill(0x80), "no 64-bit varint"],
])("a length %s is refused", (_, bytes, reason) => {
  const reader = createFrameReader();
  reader.push(Uint8Array.from(bytes));
  expect(() => reader.next()).toThrow(expect.objectContaining({ code: "malformedFrame" }));
  const again = createFrameReader();
  again.push(Uint8Array.from(bytes));
  expect(() => again.next()).toThrow(reason);
});

test("a length of more bytes than needed is read, as Go reads it", () => {
  const reader = createFrameReader();
  reader.push(Uint8Array.of(0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 7));
  expect([...reader.next()!]).toEqual([7]);
});

test("memory is taken by what has arrived, not by what is announced", () => {
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 50 }, () => {
    const reader = createFrameReader();
    reader.push(Uint8Array.of(...encodeLength(MAX_REQUEST_BYTES), 1));
    expect(reader.next()).toBeUndefined();
    return reader;
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  expect(readers).toHaveLength(50);
});

test("memory is bounded when a frame comes byte by byte", () => {
  const reader = createFrameReader();
  reader.push(encodeLength(MAX_REQUEST_BYTES));
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 200_000; i++) {
    reader.push(Uint8Array.of(i));
    reader.next();
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
});
