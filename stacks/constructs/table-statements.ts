/** IAM statements for a table: the narrowest that allow the named calls. */

import type { TableSpec } from "../../tables/table-spec";

/** What the statements name of a table. */
export interface StatedTable {
  readonly spec: TableSpec;
  readonly region: string;
  readonly arn: string;
  readonly keyArn: string;
}

/** Calls that only read. ConditionCheckItem reads inside a transaction. */
type ReadAction = "GetItem" | "BatchGetItem" | "Query" | "Scan" | "ConditionCheckItem";
const writeActions = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"] as const;
type WriteAction = (typeof writeActions)[number];
export type TableAction = ReadAction | WriteAction | "DescribeTable";

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Calls that an index takes; the others address items of the table. */
const indexActions: readonly TableAction[] = ["Query", "Scan"];

/** The split of key actions is that of AWS CDK's TableV2 grants, without its wildcards. */
const keyReadActions = ["kms:Decrypt", "kms:DescribeKey"];
const keyWriteActions = [
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

/** Statements that allow the actions on the table, on its indexes where they take them, and on its key. */
export function tableStatements(table: StatedTable, actions: readonly TableAction[]): readonly Statement[] {
  const sid = pascalCase(table.spec.id);
  const onIndexes = actions.filter((action) => indexActions.includes(action));
  const indexArns = [...Object.keys(table.spec.indexes), ...Object.keys(table.spec.localIndexes)].map(
    (index) => `${table.arn}/index/${index}`,
  );
  const statements: Statement[] = [
    { Sid: sid, Effect: "Allow", Action: actions.map(dynamodb), Resource: [table.arn] },
  ];
  if (onIndexes.length > 0 && indexArns.length > 0) {
    statements.push({
      Sid: `${sid}Indexes`,
      Effect: "Allow",
      Action: onIndexes.map(dynamodb),
      Resource: indexArns,
    });
  }
  return [...statements, ...keyStatements(table, sid, actions)];
}

/** Describing a table reads no item, so it needs no key. */
function keyStatements(
  table: StatedTable,
  sid: string,
  actions: readonly TableAction[],
): readonly Statement[] {
  if (actions.every((action) => action === "DescribeTable")) return [];
  const writes = actions.some((action) => (writeActions as readonly TableAction[]).includes(action));
  const statement: Statement = {
    Sid: `${sid}Key`,
    Effect: "Allow",
    Action: writes ? [...keyReadActions, ...keyWriteActions] : keyReadActions,
    Resource: [table.keyArn],
    Condition: { StringEquals: { "kms:ViaService": `dynamodb.${table.region}.amazonaws.com` } },
  };
  return [statement];
}

const dynamodb = (action: TableAction): string => `dynamodb:${action}`;

const pascalCase = (id: string): string =>
  id.replace(/(^|-)([a-z0-9])/g, (_match, _dash, letter: string) => letter.toUpperCase());
