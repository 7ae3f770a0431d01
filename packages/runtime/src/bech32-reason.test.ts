import { bech32Reason } from "./bech32-reason.ts";

// Texts of github.com/cosmos/btcutil v1.0.5, asked by a Go program.
test.each([
  ["", "invalid bech32 string length 0"],
  ["1234L", "invalid bech32 string length 5"],
  ["a".repeat(1024), "invalid bech32 string length 1024"],
  ["cosmos1 qqqqqqqq", "invalid character in string: ' '"],
  ["cosmos1é234567", "invalid character in string: 'Ã'"],
  ["Cosmos1qqqqqqqqq", "string not all lowercase or all uppercase"],
  ["be5cc2cc05db2cdb4313c18306a5157291cfdcd1", "invalid separator index 39"],
  ["cosmosqqqqqqqqqq", "invalid separator index -1"],
  ["cosmos1bqqqqqqqqq", "invalid character not part of charset: 98"],
  ["cosmos1pkptre7fdkl6gfrzlesjjvhxhlc3r4gmmk8rs7", "invalid checksum (expected mk8rs6 got mk8rs7)"],
  ["COSMOS1PKPTRE7FDKL6GFRZLESJJVHXHLC3R4GMMK8RS7", "invalid checksum (expected mk8rs6 got mk8rs7)"],
])("%s: %s", (text, reason) => {
  expect(bech32Reason(text)).toBe(reason);
});
