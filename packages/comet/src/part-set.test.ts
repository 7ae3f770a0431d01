import { makePartSet, partSetHeader, verifyPart } from "./part-set.ts";

const bytes = Uint8Array.from({ length: 150_000 }, (_, i) => i % 251);
const { header, parts } = makePartSet(bytes);
const [first, second, third] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];

test("parts lead to the header of the whole", () => {
  expect(parts.map(({ bytes: b }) => b.length)).toEqual([65_536, 65_536, 18_928]);
  expect(partSetHeader(bytes)).toEqual(header);
  for (const part of parts) verifyPart(header, part);
});

test.each([
  ["whose index is not its proof's", { ...first, index: 1 }],
  ["with the proof of another", { ...first, proof: second.proof }],
  ["above the set", { ...third, index: 3, proof: { ...third.proof, index: 3n } }],
  ["with a negative index", { ...first, index: -1, proof: { ...first.proof, index: -1n } }],
  ["of a set of another size", { ...first, proof: { ...first.proof, total: 4n } }],
  ["too long", { ...first, bytes: new Uint8Array(65_537) }],
  ["too short before the last", { ...first, bytes: first.bytes.subarray(1) }],
  ["with other bytes", { ...third, bytes: third.bytes.map((b) => b ^ 1) }],
  ["with a cut proof", { ...first, proof: { ...first.proof, aunts: first.proof.aunts.slice(1) } }],
])("a part %s is refused", (_, part) => {
  expect(() => verifyPart(header, part)).toThrow("part");
});
