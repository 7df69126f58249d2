import type { Environment } from "../../../stacks/environments";
import type { TableSpec } from "../../../tables/table-spec";

export interface ExpectedReplica {
  readonly region: string;
  readonly keyArn: string;
}

/** A spec's replicas in an environment: the stack makes those that have a key in it, and no others. */
export const expectedReplicas = (spec: TableSpec, { name }: Environment): readonly ExpectedReplica[] =>
  spec.replicas.flatMap(({ region, keyArns }) => {
    const keyArn = keyArns[name];
    return keyArn === undefined ? [] : [{ region, keyArn }];
  });
