import { formatAddress, parseAddress } from "./address.ts";

test.each([
  ["unix:///run/app.sock", { kind: "unix", path: "/run/app.sock" }],
  ["tcp://127.0.0.1:0", { kind: "tcp", host: "127.0.0.1", port: 0 }],
  ["tcp://localhost:26658", { kind: "tcp", host: "localhost", port: 26658 }],
  ["tcp://[::1]:26658", { kind: "tcp", host: "::1", port: 26658 }],
])("%s is read and written back", (text, address) => {
  expect(parseAddress(text)).toEqual(address);
  expect(formatAddress(parseAddress(text))).toBe(text);
});

test("a relative path lies below the working directory", () => {
  expect(parseAddress("unix://app.sock")).toEqual({ kind: "unix", path: `${process.cwd()}/app.sock` });
});

test.each([
  "",
  "app.sock",
  "unix://",
  "tcp://",
  "tcp://127.0.0.1",
  "tcp://127.0.0.1:65536",
  "tcp://127.0.0.1:port",
  "tcp://::1:26658",
  "tcp://127.0.0.1:1/x",
  "http://127.0.0.1:80",
  `unix:///${"a".repeat(107)}`,
])("%p is no address", (text) => {
  expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: "invalidAddress" }));
});
