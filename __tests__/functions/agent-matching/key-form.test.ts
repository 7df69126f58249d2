/** Jobs and cities that people take for one are one key. */

import fc from "fast-check";
import { keyForm } from "../../../functions/agent-matching/model";
import { anyCharacter } from "../../support/any-text";

/** What makes texts alike differ: spaces of all kinds, marks that compose, letters whose case is special. */
const special = fc.constantFrom(
  ...Array.from(" \t\u00a0\u2000\u3000\ufeff\u0301\u030c\u0307\u0308\u0345JIİıßΣςKÅΩᾳ가"),
);
const text = fc.string({
  unit: fc.oneof(special, anyCharacter),
});

it("the key form of a key form is itself, composed, without outer or double spaces", () => {
  fc.assert(
    fc.property(text, (given) => {
      const key = keyForm(given);
      expect(keyForm(key)).toBe(key);
      expect(key.normalize("NFC")).toBe(key);
      expect(key).not.toMatch(/^\s|\s$|\s\s/);
    }),
    { numRuns: 5_000, seed: 5 },
  );
});

it("every letter has one key, in either case, composed or not", () => {
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const letter = String.fromCodePoint(point);
    const key = keyForm(letter);
    if (keyForm(key) !== key || keyForm(letter.normalize("NFD")) !== key) {
      throw new Error(`U+${point.toString(16)} has more than one key form.`);
    }
  }
});

it.each([
  ["J\u030c", "ǰ"],
  [" GAS \u00a0 Fitter ", "gas fitter"],
  ["MU\u0308NCHEN", "münchen"],
])("%j is %j", (given, key) => expect(keyForm(given)).toBe(key));
