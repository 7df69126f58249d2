import fc from "fast-check";

const surrogates = { from: 0xd800, count: 0x800 };
const lastCodePoint = 0x10ffff;

/**
 * Any code point, as fast-check's unit "binary" has it; that one makes a map of a million texts first, two seconds
 * in each test file.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat(lastCodePoint - surrogates.count).map(
  (index) => String.fromCodePoint(index < surrogates.from ? index : index + surrogates.count),
  (character) => {
    const isOne = typeof character === "string" && /^.$/su.test(character);
    const code = isOne ? (character.codePointAt(0) ?? surrogates.from) : surrogates.from;
    if (code >= surrogates.from && code < surrogates.from + surrogates.count) {
      throw new Error("Not one code point.");
    }
    return code < surrogates.from ? code : code - surrogates.count;
  },
);

/** Text of any code points. */
export const anyText = (constraints: fc.StringConstraints = {}): fc.Arbitrary<string> =>
  fc.string({ ...constraints, unit: anyCharacter });
