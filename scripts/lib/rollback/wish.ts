/** What a rollback is asked to do, from the options as people type them. */

import { parseStackId, type StackId } from "../../../stacks/naming";
import { tablesOf } from "../../../tables/catalogue";
import { tableName, type EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import type { Environment } from "../../../stacks/environments";
import { selectStacks } from "../deploy/select-stacks";
import { CouldNotTell } from "../errors";

export const backupKinds = ["on-demand", "point-in-time", "none"] as const;
/** `none` only where tables are not protected. */
export type BackupKind = (typeof backupKinds)[number];

export interface AskedFor {
  /** As it was typed. */
  readonly stack: string;
  readonly to?: string;
  /** Ids or names of tables. */
  readonly table: readonly string[];
  readonly backup?: BackupKind;
  /** Of an audit trail: they go with it. */
  readonly withRecords?: boolean;
}

export interface TablesWish {
  readonly kind: "tables";
  readonly stack: StackId;
  readonly named: readonly TableSpec[];
  /** All of the stack's tables are named: everything else of it goes too, the key included. */
  readonly isWhole: boolean;
  readonly backup: BackupKind;
}

export interface AuditWish {
  readonly kind: "audit";
  readonly stack: StackId;
  readonly withRecords: boolean;
}

export type Wish =
  | { readonly kind: "services"; readonly stack: StackId }
  | AuditWish
  | { readonly kind: "commit"; readonly stack: StackId; readonly name: string }
  | TablesWish
  /** Protected: an audit trail, or tables of which none is named. To be refused, with the steps. */
  | { readonly kind: "unnamed"; readonly stack: StackId; readonly steps: string };

/** @throws CouldNotTell for options that do not go together, and for tables of another stack. */
export function readWish(asked: AskedFor, environment: Environment): Wish {
  const [stack] = selectStacks([asked.stack], environment.name);
  if (stack === undefined) throw new CouldNotTell("Name the stack to take back.");
  const { layer, system } = parseStackId(stack);
  if (asked.withRecords === true && (layer !== "audit" || asked.to !== undefined)) {
    throw new CouldNotTell("--with-records is of an audit trail that goes: leave it out here.");
  }
  if (asked.to !== undefined || layer !== "tables") {
    if (asked.table.length > 0 || asked.backup !== undefined) {
      throw new CouldNotTell(
        "--table and --backup are of tables that are destroyed: leave them out with --to, and of another stack than " +
          "theirs.",
      );
    }
    if (asked.to !== undefined) return { kind: "commit", stack, name: asked.to };
    if (layer === "audit" && environment.protected) {
      return { kind: "unnamed", stack, steps: explainTrail(stack, environment.name) };
    }
    if (layer === "audit") return { kind: layer, stack, withRecords: asked.withRecords === true };
    if (layer === "services") return { kind: layer, stack };
  }
  const all = tablesOf(system);
  const named = selectNamed(asked.table, all, stack, environment.name);
  if (environment.protected) {
    if (asked.backup === "none") {
      throw new CouldNotTell(
        `--backup none is not for ${environment.name}, whose tables are protected: take on-demand or point-in-time.`,
      );
    }
    if (named.length === 0) {
      return { kind: "unnamed", stack, steps: explainSteps(stack, all, environment.name) };
    }
  }
  const chosen = named.length === 0 ? all : named;
  const isWhole = chosen.length === all.length;
  return { kind: "tables", stack, named: chosen, isWhole, backup: asked.backup ?? "on-demand" };
}

function selectNamed(
  names: readonly string[],
  all: readonly TableSpec[],
  stack: StackId,
  environment: EnvironmentName,
): readonly TableSpec[] {
  const unknown = names.find((name) => all.every((spec) => !isNamed(spec, name, environment)));
  if (unknown !== undefined) {
    const known = all.map((spec) => tableName(spec, environment)).join(", ");
    throw new CouldNotTell(`There is no table "${unknown}" in ${stack}. Use: ${known}.`);
  }
  return all.filter((spec) => names.some((name) => isNamed(spec, name, environment)));
}

const isNamed = (spec: TableSpec, name: string, environment: EnvironmentName): boolean =>
  spec.id === name || tableName(spec, environment) === name;

const explainTrail = (stack: StackId, environment: EnvironmentName): string =>
  [
    `${stack} holds the records of who used the tables, and ${environment} is protected. Nothing was changed.`,
    "To return the stack to an earlier commit, which keeps its records:",
    `  npm run rollback -- --env ${environment} ${stack} --to <commit>`,
    "To let records go before their time: docs/runbooks/audit-trail.md#taking-one-down",
  ].join("\n");

/** What is said of protected tables that nobody has named. */
export function explainSteps(
  stack: StackId,
  specs: readonly TableSpec[],
  environment: EnvironmentName,
): string {
  const names = specs.map((spec) => tableName(spec, environment));
  const several = names.length > 1;
  return [
    `${stack} holds ${names.join(" and ")}, which ${several ? "are" : "is"} protected. Nothing was changed.`,
    `To return the stack to an earlier commit, which keeps its tables:`,
    `  npm run rollback -- --env ${environment} ${stack} --to <commit>`,
    `To destroy it, name every table that goes:`,
    `  npm run rollback -- --env ${environment} ${stack} ${names.map((name) => `--table ${name}`).join(" ")}`,
    ...(several ? ["  Only some of them: the others stay, and so does their key."] : []),
    "That (1) makes an on-demand backup of each named table (or, with --backup point-in-time, makes sure that one " +
      "can be restored), (2) takes the protection of those off, and (3) destroys them; whatever fails on the way, " +
      "the protection is put on again. See docs/runbooks/roll-back.md.",
  ].join("\n");
}
