import fc from "fast-check";
import { NodeError } from "../errors.ts";
import { compareDecimals, parseDecimal } from "./decimal.ts";
import { type EventMap, parseQuery } from "./query.ts";

const events = (map: Record<string, string[]>): EventMap => new Map(Object.entries(map));
const message = (source: string): string => {
  try {
    parseQuery(source);
  } catch (error) {
    if (error instanceof NodeError) return error.message;
    throw error;
  }
  return "";
};

describe("grammar", () => {
  test.each([
    ["tm.event='NewBlock'", "tm.event = 'NewBlock'"],
    ["tm.event = 'Tx' AND tx.height > 5", "tm.event = 'Tx' AND tx.height > 5"],
    ["  a.b<=1.50\tAND\nc EXISTS", "a.b <= 1.50 AND c EXISTS"],
    ["a CONTAINS 'x y'", "a CONTAINS 'x y'"],
    ["t >= TIME 2013-05-03T14:45:00Z", "t >= TIME 2013-05-03T14:45:00Z"],
    ["d = DATE 2013-05-03", "d = DATE 2013-05-03"],
    ["slash.address-1='é'", "slash.address-1 = 'é'"],
    ["1st.2nd = 3", ""],
    ["TIME = 'x'", ""],
    ["TIME='x'", "TIME = 'x'"],
    ["a=''", "a = ''"],
    ["a = 5.", "a = 5."],
  ])("%s", (source, text) => {
    if (text === "") expect(() => parseQuery(source)).toThrow(NodeError);
    else expect(parseQuery(source).text).toBe(text);
  });

  test.each([
    ["", "offset 0: EOF"],
    ["   ", "offset 3: EOF"],
    [
      "garbage query",
      "offset 8: got tag, wanted <= operator, >= operator, < operator, > operator, = operator, CONTAINS operator or EXISTS operator",
    ],
    ["a =", "offset 3: EOF"],
    ["a = 'x", "offset 4: EOF"],
    ["a = b", "offset 4: got tag, wanted number, timestamp, datestamp or string"],
    ["a CONTAINS 5", "offset 11: got number, wanted string"],
    ["a < 'x'", "offset 4: got string, wanted number, timestamp or datestamp"],
    ["a=1 OR b=2", "offset 4: got tag, want 6"],
    ["a=1 ; b=2", "offset 4: got invalid token, want 6"],
    ["a=1 AND", "offset 7: EOF"],
    ["a ! 1", "offset 2: invalid input ! at offset 3"],
    ["é ! 1", "offset 3: invalid input ! at offset 4"],
    [
      "a = TIME 2013",
      'offset 4: invalid TIME value: parsing time "2013" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "-"',
    ],
    ["a = DATE 2013-13-01", 'offset 4: invalid DATE value: parsing time "2013-13-01": month out of range'],
    ["a = DATE 2013-02-30", 'offset 4: invalid DATE value: parsing time "2013-02-30": day out of range'],
    ["a = DATE 1800-01-01", "offset 4: datestamp year 1800 out of range"],
  ])("refuses %p as CometBFT does", (source, text) => {
    expect(message(source)).toBe(text);
  });
});

describe("matching", () => {
  const map = events({
    "tm.event": ["Tx"],
    "transfer.amount": ["8stake", "15.5atom"],
    "account.name": ["Ivan", "Maria"],
    "block.time": ["2013-05-03T14:45:00Z"],
    "a.b.c": ["x"],
  });
  test.each([
    ["tm.event='Tx'", true],
    ["tm.event='tx'", false],
    ["transfer.amount = 8", true],
    ["transfer.amount > 15", true],
    ["transfer.amount > 15.5", false],
    ["transfer.amount >= 15.50", true],
    ["account.name='Ivan' AND transfer.amount < 9", true],
    ["account.name CONTAINS 'ari'", true],
    ["account.name = 5", false],
    ["account.owner EXISTS", false],
    ["transfer.amount EXISTS", true],
    ["transfer EXISTS", true],
    ["a.b EXISTS", true],
    ["a EXISTS", false],
    ["trans EXISTS", false],
    ["block.time > TIME 2013-05-03T16:44:00+02:00", true],
    ["block.time < TIME 2013-05-03T16:44:00+02:00", false],
    ["block.time > DATE 2013-05-02", false],
  ])("%s is %p", (source, expected) => {
    expect(parseQuery(source).matches(map)).toBe(expected);
  });

  test("nothing matches a message without events", () => {
    expect(parseQuery("a EXISTS").matches(events({}))).toBe(false);
  });
});

describe("laws", () => {
  const tag = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,10}$/);
  const text = fc.string({ maxLength: 12 }).filter((s) => !s.includes("'"));
  const number = fc
    .tuple(fc.nat(), fc.option(fc.nat(999)))
    .map(([a, b]) => (b === null ? `${a}` : `${a}.${b}`));
  const condition = fc.oneof(
    fc.tuple(tag, fc.constantFrom("=", "<", "<=", ">", ">="), number).map((parts) => parts.join(" ")),
    fc.tuple(tag, fc.constantFrom("=", "CONTAINS"), text).map(([t, op, s]) => `${t} ${op} '${s}'`),
    tag.map((t) => `${t} EXISTS`),
  );

  test("parsing a query's own text gives the same query", () => {
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 5 }), (conditions) => {
        const source = conditions.join(" AND ");
        const query = parseQuery(source);
        expect(query.text).toBe(source);
        expect(query.conditions).toHaveLength(conditions.length);
        expect(parseQuery(query.text)).toMatchObject({ text: query.text, conditions: query.conditions });
      }),
    );
  });

  test("white space between tokens does not matter", () => {
    fc.assert(
      fc.property(
        condition.filter((c) => !c.includes("'")),
        fc.constantFrom("\t", "\n", "  "),
        (source, space) => {
          expect(parseQuery(source.replaceAll(" ", space)).text).toBe(source);
        },
      ),
    );
  });

  test("any text is parsed or refused", () => {
    const alphabet = fc.constantFrom(
      ..."aA.=<>' 0159-_:TZ\n",
      " AND ",
      "TIME ",
      "DATE ",
      " EXISTS",
      "CONTAINS",
      "é",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 30 }), (parts) => {
        const source = parts.join("");
        const refusal = message(source);
        if (refusal !== "") expect(refusal).toMatch(/^offset \d+: /);
      }),
      { numRuns: 1000 },
    );
  });

  test("decimals are ordered as the rationals that they are", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(4), fc.nat(10_000), fc.nat(4), (a, sa, b, sb) => {
        const left = parseDecimal((a / 10 ** sa).toFixed(sa))!;
        const right = parseDecimal((b / 10 ** sb).toFixed(sb))!;
        expect(Math.sign(compareDecimals(left, right))).toBe(Math.sign(a * 10 ** sb - b * 10 ** sa));
      }),
    );
  });
});
