import {
  DynamodbTable,
  type DynamodbTableConfig,
  type DynamodbTableGlobalSecondaryIndex,
  type DynamodbTableLocalSecondaryIndex,
} from "@cdktf/provider-aws/lib/dynamodb-table";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { Capacity } from "../../tables/capacity";
import { keyAttributes, type Projection, type TableSpec } from "../../tables/table-spec";
import type { Environment } from "../environments";
import { tableName } from "../naming";
import { tableAlarms } from "../monitoring/table-alarms";
import type { TablesStack } from "../tables-stack";
import { Alarms } from "./alarms";
import { AutoscaledCapacity } from "./autoscaled-capacity";
import { isTableProtected } from "../protection";
import { isIndexAction, tableStatements, type Statement, type TableAction } from "./table-statements";
import type { SystemKey } from "./system-key";

export interface TableProps {
  /** Encrypts the table, unless its spec names a key of its own. */
  readonly key: SystemKey;
}

/**
 * A DynamoDB table from its spec: encrypted with a customer-managed key, recoverable to a point in time,
 * protected where the environment is, autoscaled where the spec is, watched by alarms. Its logical id is the spec's id, so
 * moving the construct never plans a replacement.
 */
export class Table extends Construct {
  readonly spec: TableSpec;
  readonly physicalName: string;
  readonly region: string;
  readonly keyArn: string;
  /** References to the resource, resolved at apply. */
  readonly arn: string;
  readonly name: string;

  constructor(stack: TablesStack, spec: TableSpec, { key }: TableProps) {
    super(stack, spec.id);
    const { environment } = stack;
    const isProtected = isTableProtected(stack, spec);
    this.spec = spec;
    this.physicalName = tableName(spec, environment.name);
    this.region = environment.region;
    // Always explicit: with an absent ARN a change back to the AWS key would plan nothing while the old
    // key is destroyed.
    this.keyArn = ownKeyArn(spec, environment) ?? key.arn;

    const table = new DynamodbTable(this, "table", {
      name: this.physicalName,
      hashKey: spec.partitionKey,
      ...(spec.sortKey && { rangeKey: spec.sortKey }),
      attribute: keyAttributes(spec).map((name) => ({ name, type: attributeType(spec, name) })),
      globalSecondaryIndex: Object.entries(spec.indexes).map(([name, index]) => ({
        name,
        hashKey: index.partitionKey,
        ...(index.sortKey && { rangeKey: index.sortKey }),
        ...projection(index.projection),
        ...capacity(index.capacity),
      })) satisfies DynamodbTableGlobalSecondaryIndex[],
      localSecondaryIndex: Object.entries(spec.localIndexes).map(([name, index]) => ({
        name,
        rangeKey: index.sortKey,
        ...projection(index.projection),
      })) satisfies DynamodbTableLocalSecondaryIndex[],
      billingMode: billingMode(spec.capacity),
      ...capacity(spec.capacity),
      ...timeToLive(spec),
      ...(spec.stream && { streamEnabled: true, streamViewType: spec.stream }),
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: spec.recoveryDays },
      serverSideEncryption: { enabled: true, kmsKeyArn: this.keyArn },
      replica: spec.replicas.flatMap(({ region, keyArns }) => {
        const kmsKeyArn = keyArns[environment.name];
        return kmsKeyArn === undefined
          ? []
          : [{ regionName: region, kmsKeyArn, pointInTimeRecovery: true, propagateTags: true }];
      }),
      deletionProtectionEnabled: isProtected,
      tags: { ...spec.tags },
      lifecycle: {
        preventDestroy: isProtected,
        // The autoscaler moves the table's units. Those of an index cannot be ignored alone: they are
        // declared at the autoscaler's minimum.
        ...(isAutoscaled(spec.capacity) && { ignoreChanges: ["read_capacity", "write_capacity"] }),
      },
    } satisfies DynamodbTableConfig);
    table.overrideLogicalId(spec.id);
    this.arn = table.arn;
    this.name = table.name;

    this.scale(spec.capacity);
    for (const [name, index] of Object.entries(spec.indexes)) this.scale(index.capacity, name);
    new Alarms(this, stack, tableAlarms(spec, environment.name));
    this.addOutput("name", table.name);
    this.addOutput("arn", table.arn);
  }

  /** Statements that let a principal make these calls on the table, its indexes included, with its key. */
  statementsFor(...actions: readonly TableAction[]): readonly Statement[] {
    const { arn, keyArn, region, spec } = this;
    return tableStatements(
      { spec, region, arn, key: { arn: keyArn } },
      {
        table: actions,
        index: actions.filter(isIndexAction),
        indexes: [...Object.keys(spec.indexes), ...Object.keys(spec.localIndexes)],
      },
    );
  }

  private scale(units: Capacity, index?: string): void {
    if (units.mode === "on-demand" || units.autoscaling === undefined) return;
    new AutoscaledCapacity(this, { table: this, index, units, autoscaling: units.autoscaling });
  }

  private addOutput(property: "name" | "arn", value: string): void {
    new TerraformOutput(this, property, { value }).overrideLogicalId(`${this.spec.id}_${property}`);
  }
}

/**
 * The key that the spec names for the environment.
 *
 * @throws Error when it is a key of another region, which DynamoDB cannot use.
 */
function ownKeyArn(spec: TableSpec, { name, region }: Environment): string | undefined {
  const arn = spec.keyArns[name];
  const keyRegion = arn?.split(":")[3];
  if (keyRegion !== undefined && keyRegion !== region) {
    throw new Error(
      `Table "${spec.id}": its key in ${name} must be in ${region}; found one in ${keyRegion}. ` +
        `Correct keyArns or ${name.toUpperCase()}_REGION.`,
    );
  }
  return arn;
}

const isAutoscaled = (units: Capacity): boolean =>
  units.mode === "provisioned" && units.autoscaling !== undefined;

const billingMode = ({ mode }: Capacity): string =>
  mode === "provisioned" ? "PROVISIONED" : "PAY_PER_REQUEST";

/** `defineTable` has checked that the attribute is declared. */
const attributeType = (spec: TableSpec, name: string): string => spec.attributes[name]?.type ?? "S";

function projection(value: Projection): { projectionType: string; nonKeyAttributes?: string[] } {
  if (typeof value === "string") return { projectionType: value };
  // Sorted: the provider compares a local index's list by position.
  return { projectionType: "INCLUDE", nonKeyAttributes: [...value.include].sort() };
}

/** Units when provisioned and none when on-demand: the provider then plans a switch of mode as such. */
function capacity(
  units: Capacity,
): Pick<DynamodbTableConfig, "readCapacity" | "writeCapacity" | "onDemandThroughput"> {
  switch (units.mode) {
    case "provisioned":
      return { readCapacity: units.read, writeCapacity: units.write };
    case "on-demand": {
      const { maxReadUnits, maxWriteUnits } = units;
      if (maxReadUnits === undefined && maxWriteUnits === undefined) return {};
      return {
        onDemandThroughput: {
          ...(maxReadUnits !== undefined && { maxReadRequestUnits: maxReadUnits }),
          ...(maxWriteUnits !== undefined && { maxWriteRequestUnits: maxWriteUnits }),
        },
      };
    }
  }
}

const timeToLive = ({ timeToLive: ttl }: TableSpec): Pick<DynamodbTableConfig, "ttl"> =>
  ttl === undefined ? {} : { ttl: { attributeName: ttl.attribute, enabled: ttl.enabled } };
