import fc from "fast-check";
import { string } from "../../../tables/attributes";
import { provisioned } from "../../../tables/capacity";
import { defineSpoiled, refusal } from "../../support/definition";

const allowed = fc.constantFrom("a", "b", "Z", "0", "9", "_", ".", "-");
const nameOf = (minLength: number, maxLength: number) =>
  fc.array(allowed, { minLength, maxLength }).map((characters) => characters.join(""));

describe("for any table", () => {
  it("a name is accepted exactly when it is allowed in every environment", () => {
    const longestSuffix = "-staging".length;
    fc.assert(fc.property(nameOf(3, 255 - longestSuffix), (name) => defineSpoiled({ name }).name === name));
    fc.assert(
      fc.property(nameOf(256 - longestSuffix, 300), (name) => refusal({ name }).includes("table-name")),
    );
    fc.assert(
      fc.property(nameOf(3, 20), fc.constantFrom(" ", "/", ":", "é", "\n", "#"), (name, other) =>
        refusal({ name: name + other }).includes("table-name"),
      ),
    );
  });

  it("units are accepted exactly from 1 to 40,000", () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 50_000 }), (read) => {
        const changes = { capacity: provisioned({ read, write: 1 }) };
        return read >= 1 && read <= 40_000
          ? defineSpoiled(changes).capacity.mode === "provisioned"
          : refusal(changes).includes(`${read} (read of the table)`);
      }),
    );
  });

  it("an autoscaled range is accepted exactly when it holds the units and the target is 20 to 90", () => {
    const units = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(units, units, units, fc.integer({ min: 1, max: 120 }), (read, write, max, target) => {
        const changes = {
          capacity: provisioned({ read, write, autoscaling: { max, targetUtilization: target } }),
        };
        const isSound = max >= Math.max(read, write) && target >= 20 && target <= 90;
        return isSound ? defineSpoiled(changes).id === "conversations" : refusal(changes).length > 0;
      }),
    );
  });

  it("projected attributes are counted once an index, up to 100", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        const names = Array.from({ length: 40 }, (_, n) => `field_${n}`);
        const changes = {
          attributes: {
            conversation_id: string("Identifier"),
            user_id: string("Owner"),
            created_at: string("Beginning"),
            ...Object.fromEntries(names.map((name) => [name, string("Filler", { optional: true })])),
          },
          indexes: Object.fromEntries(
            sizes.map((size, n) => [
              `index-${n}`,
              { partitionKey: "user_id", projection: { include: names.slice(0, size) } },
            ]),
          ),
        };
        const total = sizes.reduce((sum, size) => sum + size, 0);
        return total <= 100
          ? Object.keys(defineSpoiled(changes).indexes).length === sizes.length
          : refusal(changes).includes(`found ${total}.`);
      }),
    );
  });
});
