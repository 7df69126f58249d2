import type { TableSpec } from "../../tables/table-spec";
import { keyAlias, tableName } from "../naming";
import type { ServicesStack } from "../services-stack";
import {
  tableStatements,
  type ReadAction,
  type StatedKey,
  type Statement,
  type TableAction,
  type WriteAction,
} from "./table-statements";

/** What has a role that may be granted something. */
export interface Grantee {
  /** Called when the policy is written, after everything has been granted. */
  addStatements(statements: () => readonly Statement[]): void;
}

/** A read of items, or a query of an index. */
export type ReadCall<IndexName extends string> = ReadAction | { readonly query: IndexName };

type OneOrMore<T> = readonly [T, ...T[]];

interface Granted {
  readonly table: Set<TableAction>;
  readonly queried: Set<string>;
}

/**
 * A table of the system's tables stack, as a services stack knows it: by its spec alone. Grants name the calls
 * that a function makes; nothing else is allowed.
 */
export class ImportedTable<IndexName extends string = string> {
  readonly physicalName: string;
  private readonly granted = new Map<Grantee, Granted>();

  constructor(
    private readonly stack: ServicesStack,
    private readonly spec: TableSpec<string, IndexName>,
  ) {
    this.physicalName = tableName(spec, stack.environment.name);
  }

  grantReadData(grantee: Grantee, ...calls: OneOrMore<ReadCall<IndexName>>): void {
    const { table, queried } = this.callsOf(grantee);
    for (const call of calls) {
      if (typeof call === "string") table.add(call);
      else queried.add(call.query);
    }
  }

  grantWriteData(grantee: Grantee, ...calls: OneOrMore<WriteAction>): void {
    const { table } = this.callsOf(grantee);
    for (const call of calls) table.add(call);
  }

  /** One set of statements a grantee, however often it is granted something. */
  private callsOf(grantee: Grantee): Granted {
    const known = this.granted.get(grantee);
    if (known !== undefined) return known;
    const granted: Granted = { table: new Set(), queried: new Set() };
    this.granted.set(grantee, granted);
    grantee.addStatements(() => this.statements(granted));
    return granted;
  }

  private statements({ table, queried }: Granted): readonly Statement[] {
    const { spec, stack, physicalName } = this;
    const { region } = stack.environment;
    return tableStatements(
      {
        spec,
        region,
        arn: `arn:aws:dynamodb:${region}:${stack.accountId}:table/${physicalName}`,
        key: this.key,
      },
      { table: [...table], index: queried.size > 0 ? ["Query"] : [], indexes: [...queried] },
    );
  }

  private get key(): StatedKey {
    const { environment, system, accountId } = this.stack;
    const arn = this.spec.keyArns[environment.name];
    return arn === undefined ? { alias: keyAlias(system, environment.name), accountId } : { arn };
  }
}
