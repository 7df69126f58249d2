/** IAM statements for a table: the narrowest that allow the named calls. */

import type { TableSpec } from "../../tables/table-spec";

/** What the statements name of a table. */
export interface StatedTable {
  readonly spec: TableSpec;
  readonly region: string;
  readonly arn: string;
  readonly key: StatedKey;
}

/** A key by its ARN; or by its alias, where another stack owns it. */
export type StatedKey = { readonly arn: string } | { readonly alias: string; readonly accountId: string };

/** ConditionCheckItem reads inside a transaction. */
export type ReadAction = "GetItem" | "BatchGetItem" | "Query" | "Scan" | "ConditionCheckItem";
const writeActions = ["PutItem", "UpdateItem", "DeleteItem"] as const;
export type WriteAction = (typeof writeActions)[number];
export type TableAction = ReadAction | WriteAction | "DescribeTable";

/** The calls that an index takes; the others address items of the table. */
export type IndexAction = Extract<ReadAction, "Query" | "Scan">;
export const isIndexAction = (action: TableAction): action is IndexAction =>
  action === "Query" || action === "Scan";

/** Calls on the table itself, and calls on some of its indexes. */
export interface TableCalls {
  readonly table: readonly TableAction[];
  readonly index: readonly IndexAction[];
  /** Names of indexes, local ones included. */
  readonly indexes: readonly string[];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The split of key actions is that of AWS CDK's TableV2 grants, without its wildcards. */
const keyReadActions = ["kms:Decrypt", "kms:DescribeKey"];
const keyWriteActions = [
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

/** Statements that allow the calls on the table, on the indexes, and with its key. */
export function tableStatements(table: StatedTable, calls: TableCalls): readonly Statement[] {
  const sid = pascalCase(table.spec.id);
  const statements: Statement[] = [];
  if (calls.table.length > 0) {
    statements.push({ Sid: sid, Effect: "Allow", Action: calls.table.map(dynamodb), Resource: [table.arn] });
  }
  if (calls.index.length > 0 && calls.indexes.length > 0) {
    statements.push({
      Sid: `${sid}Indexes`,
      Effect: "Allow",
      Action: calls.index.map(dynamodb),
      Resource: calls.indexes.map((index) => `${table.arn}/index/${index}`),
    });
  }
  return [...statements, ...keyStatements(table, sid, [...calls.table, ...calls.index])];
}

/** Describing a table reads no item, so it needs no key. */
function keyStatements(
  { key, region }: StatedTable,
  sid: string,
  actions: readonly TableAction[],
): readonly Statement[] {
  if (actions.every((action) => action === "DescribeTable")) return [];
  const writes = actions.some((action) => (writeActions as readonly TableAction[]).includes(action));
  const throughDynamoDb = { "kms:ViaService": `dynamodb.${region}.amazonaws.com` };
  const statement = {
    Sid: `${sid}Key`,
    Effect: "Allow",
    Action: writes ? [...keyReadActions, ...keyWriteActions] : keyReadActions,
  } as const;
  if ("arn" in key) {
    return [{ ...statement, Resource: [key.arn], Condition: { StringEquals: throughDynamoDb } }];
  }
  return [
    {
      ...statement,
      // The key's id is known only to the stack that owns it: the condition leaves the one key of the alias
      // (AWS KMS: "Use aliases to control access to KMS keys").
      Resource: [`arn:aws:kms:${region}:${key.accountId}:key/*`],
      Condition: {
        StringEquals: throughDynamoDb,
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": key.alias },
      },
    },
  ];
}

const dynamodb = (action: TableAction): string => `dynamodb:${action}`;

const pascalCase = (id: string): string =>
  id.replace(/(^|-)([a-z0-9])/g, (_match, _dash, letter: string) => letter.toUpperCase());
