import fc from "fast-check";
import { compareDecimals, exactNumber, isDecimal, type DecimalText } from "../../../functions/shared/decimal";

const compare = (one: string, other: string): number =>
  Math.sign(compareDecimals(one as DecimalText, other as DecimalText));

describe("a decimal", () => {
  it.each([
    ["0.1", "0.10", 0],
    ["1e-7", "0.0000001", 0],
    ["-0", "0", 0],
    ["9.99", "10", -1],
    ["-9.99", "-10", 1],
    ["12345678901234567890.1", "12345678901234567890.2", -1],
    ["0.1", "0.1000000000000000055", -1],
    ["1e125", "9e124", 1],
  ])("%s against %s is %i", (one, other, order) => {
    expect(compare(one, other)).toBe(order);
    expect(compare(other, one)).toBe(order === 0 ? 0 : -order);
  });

  it("has the order of whole numbers, wherever its point is", () =>
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.nat({ max: 20 }), (one, other, places) => {
        const scaled = (value: number) => `${value}e-${places}`;
        expect(compare(scaled(one), scaled(other))).toBe(Math.sign(one - other));
      }),
    ));

  it.each(["", ".5", "5.", "1,5", "0x10", "Infinity", "NaN", "85 EUR", " 1", "1e9999", "9".repeat(201)])(
    "is not %j",
    (text) => expect(isDecimal(text)).toBe(false),
  );
});

describe("a stored number", () => {
  it.each([
    ["85.5", 85.5],
    ["0.1", 0.1],
    ["-7", -7],
    ["100000000000000000000", 1e20],
    ["0.00000015", 1.5e-7],
    ["12345678901.2345", 12345678901.2345],
    ["0.1000000000000000055", "0.1000000000000000055"],
    ["12345678901234567890", "12345678901234567890"],
  ])("of %s is read as %p", (text, value) => expect(exactNumber(text)).toBe(value));

  it("of every double is read as that double", () =>
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(exactNumber(String(number))).toBe(number === 0 ? Number(String(number)) : number);
      }),
    ));
});
