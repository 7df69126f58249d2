/** Cutting a JSON array into its elements: whatever it holds, wherever its bytes are parted. */

import fc from "fast-check";
import {
  arrayParts,
  type ArrayPart,
  type ArrayPosition,
} from "../../scripts/lib/migrate-profiles/array-elements";

const partsOf = (text: string, from?: ArrayPosition, chunkBytes = 7, limitBytes = 1_000_000) => {
  const start = from?.bytes ?? 0;
  const bytes = Buffer.from(text).subarray(start);
  return [...arrayParts(pieces(bytes, chunkBytes), { start, from, limitBytes })];
};

/** One after the other in the same memory, as a file is read. */
function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  const memory = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    yield memory.subarray(0, bytes.copy(memory, 0, at, at + size));
  }
}
const told = (part: ArrayPart) => {
  switch (part.kind) {
    case "element":
      return `${part.index}: ${part.bytes.toString().trim()}`;
    case "oversized":
      return `${part.index} is oversized`;
    case "broken":
      return `${part.index} is broken: ${part.reason}`;
  }
};

const arrays = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 });
const layouts = fc.constantFrom(undefined, 0, 2, "\t");

it("gives every element as JSON readers do, at any size of the pieces", () => {
  fc.assert(
    fc.property(arrays, layouts, fc.integer({ min: 1, max: 40 }), (array, indent, chunkBytes) => {
      const parts = partsOf(` ${JSON.stringify(array, null, indent)}\n`, undefined, chunkBytes);
      const values = parts.map((part) =>
        part.kind === "element" ? (JSON.parse(part.bytes.toString()) as unknown) : part,
      );
      expect(values).toEqual(JSON.parse(JSON.stringify(array)));
    }),
  );
});

it("goes on behind any element as if it had never stopped", () => {
  fc.assert(
    fc.property(arrays, layouts, (array, indent) => {
      const text = JSON.stringify(array, null, indent);
      const parts = partsOf(text);
      parts.forEach((part, index) => {
        if (part.kind !== "element") throw new Error(told(part));
        expect(partsOf(text, part.after).map(told)).toEqual(parts.slice(index + 1).map(told));
      });
    }),
  );
});

it.each([
  [
    "a bad element, and goes on behind it",
    '[{"id": tru}, {"id": "b"}]',
    ['0: {"id": tru}', '1: {"id": "b"}'],
  ],
  ["quotes and brackets within strings", '["]", "\\"}", "[{"]', ['0: "]"', '1: "\\"}"', '2: "[{"']],
  ["nothing between two commas", "[1,,2]", ["0: 1", "1: ", "2: 2"]],
  ["an array without elements", " [ ] ", []],
  [
    "brackets that do not match: the rest cannot be read",
    '[1, {"a": [}, 3]',
    ["0: 1", "1 is broken: its brackets do not match"],
  ],
  [
    "a file that was cut off",
    '[{"id": "a"}, {"id": "b',
    ['0: {"id": "a"}', "1 is broken: the file ends within its array"],
  ],
  ["something behind the array", '[1] {"id": "b"}', ["0: 1", "1 is broken: there is more behind its array"]],
])("tells %s", (_, text, expected) => {
  expect(partsOf(text).map(told)).toEqual(expected);
});

it("passes over an element that is too long without keeping it", () => {
  const text = JSON.stringify(["a", "x".repeat(1_000), "b"]);
  expect(partsOf(text, undefined, 64, 100).map(told)).toEqual(['0: "a"', "1 is oversized", '2: "b"']);
});

it("does not follow brackets without end", () => {
  expect(partsOf("[".repeat(5_000)).map(told)).toEqual(["0 is broken: it nests deeper than 1000 levels"]);
});
