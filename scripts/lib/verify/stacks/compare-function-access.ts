/** Compares who may call a function, and what does, with its stack. Pure: no calls. */

import type { EventSourceMappingConfiguration, FunctionUrlConfig } from "@aws-sdk/client-lambda";
import { declared, undeclared, unknown, type Difference } from "../finding";
import { policyDifferences } from "./policy-statements";
import type { Declared } from "./resource-schemas";
import { declareOrRemove, deployStack, same } from "./same";

/**
 * The statements of the function's policy against the permissions of the stack.
 *
 * @param policy as AWS has it; absent when the function has none.
 */
export function permissionDifferences(
  name: string,
  arn: string,
  permissions: readonly Declared<"aws_lambda_permission">[],
  policy: string | undefined,
): readonly Difference[] {
  const expected = { Version: "2012-10-17", Statement: permissions.map((one) => statementOf(one, arn)) };
  const none = JSON.stringify({ Statement: [] });
  return policyDifferences("permissions", JSON.stringify(expected), policy ?? none, {
    openPath: "publicAccess",
  }).map((difference) =>
    difference.tier === "undeclared"
      ? {
          ...difference,
          remedy: `Remove it: aws lambda remove-permission --function-name ${name} --statement-id ${statementId(difference)}`,
        }
      : difference,
  );
}

const statementId = ({ path }: Difference): string => path.slice(path.indexOf(".") + 1);

/** Lambda: AddPermission, as GetPolicy gives it back. */
function statementOf(permission: Declared<"aws_lambda_permission">, arn: string) {
  const { statement_id, action, principal, source_arn, source_account } = permission;
  const condition = {
    ...(source_account !== undefined && { StringEquals: { "AWS:SourceAccount": source_account } }),
    ...(source_arn !== undefined && { ArnLike: { "AWS:SourceArn": source_arn } }),
  };
  const isService = principal.includes(".");
  return {
    // The provider gives it one otherwise.
    ...(statement_id !== undefined && { Sid: statement_id }),
    Effect: "Allow",
    Principal: principal === "*" ? "*" : { [isService ? "Service" : "AWS"]: principal },
    Action: action,
    Resource: arn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

/** No function here has a URL: one would be a way in beside the API, without its authorizer. */
export const urlDifferences = (name: string, urls: readonly FunctionUrlConfig[]): readonly Difference[] =>
  urls.map(({ AuthType = "unknown", FunctionArn = "" }) => {
    const qualifier = FunctionArn.split(":")[7];
    const of = qualifier === undefined ? "" : ` --qualifier ${qualifier}`;
    return undeclared(
      qualifier === undefined ? "url" : `url.${qualifier}`,
      `a URL with authorization ${AuthType}`,
      `Delete it: aws lambda delete-function-url-config --function-name ${name}${of}`,
    );
  });

/** What calls the function of itself: other sources, and the declared ones when they stand still. */
export function eventSourceDifferences(
  expected: readonly Declared<"aws_lambda_event_source_mapping">[],
  live: readonly EventSourceMappingConfiguration[],
): readonly Difference[] {
  const declaredArns = new Set(expected.map(({ event_source_arn }) => event_source_arn));
  return [
    ...expected.flatMap((source) => {
      const found = live.find(({ EventSourceArn }) => EventSourceArn === source.event_source_arn);
      const path = `eventSources.${nameOf(source.event_source_arn)}`;
      return found === undefined
        ? [declared(path, "an event source", "absent", deployStack)]
        : sourceDifferences(path, source, found);
    }),
    ...live
      .filter(({ EventSourceArn = "" }) => !declaredArns.has(EventSourceArn))
      .map(({ EventSourceArn = "unknown", State = "unknown" }) =>
        undeclared(`eventSources.${nameOf(EventSourceArn)}`, `${EventSourceArn}, ${State}`, declareOrRemove),
      ),
  ];
}

function sourceDifferences(
  path: string,
  expected: Declared<"aws_lambda_event_source_mapping">,
  { State = "unknown", BatchSize, StartingPosition }: EventSourceMappingConfiguration,
): readonly Difference[] {
  const wanted = expected.enabled ? "Enabled" : "Disabled";
  // Creating, Enabling, Disabling, Updating.
  const isMoving = State.endsWith("ing");
  return [
    ...(isMoving
      ? [unknown(`${path}.state`, wanted, State, "Wait until AWS has finished, then verify again.")]
      : same(`${path}.state`, wanted, State)),
    ...(expected.batch_size === undefined ? [] : same(`${path}.batchSize`, expected.batch_size, BatchSize)),
    ...(expected.starting_position === undefined
      ? []
      : same(`${path}.startingPosition`, expected.starting_position, StartingPosition)),
  ];
}

/** `table/orders` or a queue's name: the account and the region are the stack's. */
const nameOf = (arn: string): string => arn.split(":").slice(5).join(":") || arn;
