import { GrpcError } from "@tandem-ics/runtime";
import { serviceTable, unimplementedText } from "./method-table.ts";
import { heightAsked, runUnary, statusText } from "./unary.ts";

test("a status text has no half characters and an end", () => {
  expect(statusText("a\ud83d b")).toBe("a\ufffd b");
  expect(() => encodeURI(statusText(`${"x".repeat(4095)}😀😀`))).not.toThrow();
  expect(statusText("x".repeat(10_000)).length).toBe(4097);
});

test("the height is that of a header given once", () => {
  expect(heightAsked([])).toBe(0n);
  expect(heightAsked(["7", "8"])).toBe(0n);
  expect(heightAsked(["+7"])).toBe(7n);
  expect(heightAsked(["-9223372036854775808"])).toBe(-9223372036854775808n);
  for (const text of ["", " 1", "0x1", "1_0", "9223372036854775808"])
    expect(() => heightAsked([text])).toThrow(GrpcError);
});

test("what is thrown by a method ends its call only", async () => {
  const services = {
    methods: ["/a.B/C"],
    query: () => {
      throw new TypeError("not asked");
    },
    grpcQuery: () => Promise.reject(new TypeError("x is undefined")),
  };
  const door = { services, queries: [], height: () => 5n };
  expect(await runUnary(door, "/a.B/C", new Uint8Array(0), [])).toEqual({
    kind: "refusal",
    refusal: { code: 13, details: "x is undefined", height: 5n },
  });
});

test("unknown paths are told apart as grpc-go does", () => {
  const table = serviceTable(["/a.B/C", "/a.B/A"]);
  expect([...table]).toEqual([["a.B", ["A", "C"]]]);
  expect(unimplementedText(table, "/a.B/D")).toBe("unknown method D for service a.B");
  expect(unimplementedText(table, "/x/y/D")).toBe("unknown service x/y");
  expect(unimplementedText(table, "no\nslash")).toBe('malformed method name: "no\\nslash"');
});
