import { number, string, timestamp } from "../../tables/attributes";
import { onDemand } from "../../tables/capacity";
import { defineTable, TableDefinitionError } from "../../tables/define-table";
import type { TableSpec } from "../../tables/table-spec";

/** A sound table in the shape of the conversations, for a test to spoil in one place. */
const sound = {
  id: "conversations",
  name: "cg-chatbot-conversations",
  requirement: "001_4943668e2e643a63",
  purpose: "Conversations of the production assistant.",
  attributes: {
    conversation_id: string("Identifier"),
    user_id: string("Owner"),
    created_at: timestamp("Beginning"),
    title: string("Title", { optional: true }),
    message_count: number("Messages", { optional: true }),
  },
  partitionKey: "conversation_id",
  sortKey: "user_id",
  capacity: onDemand(),
  example: {
    conversation_id: "550e8400-e29b-41d4-a716-446655440000",
    user_id: "demo",
    created_at: "2025-12-30T14:00:00Z",
  },
};

/** Defines the sound table with some properties replaced by anything at all: what a cast would let through. */
export function defineSpoiled(changes: Readonly<Record<string, unknown>>): TableSpec {
  return defineTable({ ...sound, ...changes } as unknown as Parameters<typeof defineTable>[0]);
}

/** The one line that `defineTable` says of a defect. */
export function refusal(changes: Readonly<Record<string, unknown>>): string {
  try {
    defineSpoiled(changes);
  } catch (error) {
    if (error instanceof TableDefinitionError) return error.message;
    throw error;
  }
  throw new Error(`The table was accepted: ${JSON.stringify(changes)}`);
}

/** One defective table, and what the refusal must say of it. */
export interface Defect {
  readonly defect: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly rule: string;
  readonly limit: string;
  readonly value: string;
}

/**
 * A test for each defect: tables that DynamoDB refuses, or accepts and does not do what they say. The
 * provider's plan lets fourteen of them through.
 */
export function describeDefects(what: string, defects: readonly Defect[]): void {
  describe(`defineTable refuses, of ${what}`, () => {
    it.each(defects)("$defect", ({ changes, rule, limit, value }) => {
      const message = refusal(changes);
      const table = typeof changes["id"] === "string" ? changes["id"] : sound.id;
      expect(message).toContain(`Table "${table}" is defective`);
      const line = message.split("\n").find((text) => text.startsWith(`  ${rule}: `));
      expect(line).toContain(limit);
      expect(line).toContain(value);
    });
  });
}
