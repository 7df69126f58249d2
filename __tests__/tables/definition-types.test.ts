/** What does not compile. `npm run typecheck` proves the comments; running the tests proves the rest. */

import { binary, boolean, number, string } from "../../tables/attributes";
import { onDemand, provisioned } from "../../tables/capacity";
import { conversations } from "../../tables/conversations";
import { defineTable } from "../../tables/define-table";
import { defineSpoiled, refusal } from "../support/definition";

const base = {
  id: "orders",
  name: "orders-table",
  requirement: "001_4943668e2e643a63",
  purpose: "A table for this test.",
  example: { id: "order-1" },
} as const;
const attributes = {
  id: string("Identifier"),
  total: number("Total", { optional: true }),
};

describe("a definition", () => {
  it("with several defects is refused with all of them at once", () => {
    const message = refusal({ name: "cg", recoveryDays: 0, sortKey: "userid" });
    expect(message).toContain("table-name");
    expect(message).toContain("recovery-period");
    expect(message).toContain("key-attribute-missing");
  });

  it("without defects is accepted: the one that the others are spoiled from", () => {
    expect(defineSpoiled({}).name).toBe("cg-chatbot-conversations");
  });
});

describe("a definition that does not compile is refused when it is forced", () => {
  it("a partition key that is not declared", () => {
    expect(() =>
      defineTable({
        ...base,
        attributes,
        // @ts-expect-error "orderId" is not an attribute
        partitionKey: "orderId",
        capacity: onDemand(),
      }),
    ).toThrow("key-attribute-missing");
  });

  it("an index on an attribute that is not declared", () => {
    expect(() =>
      defineTable({
        ...base,
        attributes,
        partitionKey: "id",
        // @ts-expect-error "status" is not an attribute
        indexes: { "status-index": { partitionKey: "status", projection: "ALL" } },
        capacity: onDemand(),
      }),
    ).toThrow("key-attribute-missing");
  });

  it("TTL on an attribute that is not a number", () => {
    expect(() =>
      defineTable({
        ...base,
        attributes,
        partitionKey: "id",
        capacity: onDemand(),
        // @ts-expect-error "id" is a string
        timeToLive: { attribute: "id" },
      }),
    ).toThrow("ttl-attribute-type");
  });

  it("capacity of an index of an on-demand table", () => {
    expect(() =>
      defineTable({
        ...base,
        attributes,
        partitionKey: "id",
        indexes: {
          // @ts-expect-error an on-demand table's index has no capacity
          "total-index": { partitionKey: "total", projection: "ALL", capacity: { read: 5, write: 5 } },
        },
        capacity: onDemand(),
      }),
    ).toThrow("on-demand-with-index-capacity");
  });

  it("capacity of an index of a provisioned table does compile", () => {
    const orders = defineTable({
      ...base,
      attributes,
      partitionKey: "id",
      indexes: {
        "total-index": { partitionKey: "total", projection: "ALL", capacity: { read: 5, write: 5 } },
      },
      capacity: provisioned({ read: 10, write: 10 }),
    });
    expect(orders.indexes["total-index"].capacity).toMatchObject({ read: 5, write: 5 });
  });

  it("a misspelt property of an index", () => {
    expect(() =>
      defineTable({
        ...base,
        attributes,
        partitionKey: "id",
        indexes: {
          // @ts-expect-error the property is sortKey
          "total-index": { partitionKey: "total", sortkey: "id", projection: "ALL" },
        },
        capacity: onDemand(),
      }),
    ).toThrow("unknown-property");
  });

  it("a partition key of a local index", () => {
    expect(() =>
      defineTable({
        ...base,
        attributes,
        partitionKey: "id",
        sortKey: "total",
        example: { id: "order-1", total: 5 },
        localIndexes: {
          // @ts-expect-error a local index has the table's partition key
          "total-index": { partitionKey: "id", sortKey: "total", projection: "ALL" },
        },
        capacity: onDemand(),
      }),
    ).toThrow("unknown-property");
  });

  it("a table keyed by bytes does compile, and is defined", () => {
    const digests = defineTable({
      ...base,
      attributes: { digest: binary("SHA-256 of the document"), isOpen: boolean("Whether it is open") },
      partitionKey: "digest",
      capacity: onDemand(),
      example: { digest: new Uint8Array([1, 2, 3]), isOpen: true },
    });
    expect(digests.attributes.digest.type).toBe("B");
  });

  it("an index name that the table does not have", () => {
    expect(conversations.indexes["user_id-created_at-index"].partitionKey).toBe("user_id");
    // @ts-expect-error there is no such index
    expect(conversations.indexes["user_id-index"]).toBeUndefined();
  });

  it("capacity units of an on-demand mode", () => {
    // @ts-expect-error on-demand has no units
    expect(onDemand({ read: 5 })).toMatchObject({ mode: "on-demand" });
  });
});
