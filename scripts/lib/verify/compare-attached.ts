/** What anyone may attach to a table and no spec declares: a plan never sees it. */

import { opensResource } from "../guard/rules/public-policy";
import { whenRead, type Comparison } from "./comparison";
import { undeclared, type Difference } from "./finding";

/**
 * Access is given by IAM policies (stacks/constructs/access-policy.ts): any policy of the table itself gives more. The
 * policy of the table's stream is not looked at.
 */
export function noResourcePolicy({ name, place, live }: Comparison): readonly Difference[] {
  return whenRead("resourcePolicy", live.resourcePolicy, (policy) => {
    if (policy === undefined) return [];
    const opening = opensResource(policy, place.accountId);
    const remedy =
      `aws dynamodb delete-resource-policy --resource-arn ${live.description.TableArn ?? name}, and give ` +
      "access with the stack's access policy.";
    return [
      opening === undefined
        ? undeclared("resourcePolicy", "a policy that lets in named principals", remedy)
        : undeclared("resourcePolicy.public", `a policy that ${opening}`, `Now: ${remedy}`),
    ];
  });
}

/** It changes nothing of the table, and costs by the events that it counts (AWS: DynamoDB pricing). */
export function noContributorInsights({ name, live }: Comparison): readonly Difference[] {
  return [...live.contributorInsights].flatMap(([of, reading]) =>
    whenRead(`contributorInsights.${of}`, reading, (status) => {
      if (status === "DISABLED" || status === "DISABLING") return [];
      const index = of.startsWith("indexes.") ? ` --index-name ${of.slice("indexes.".length)}` : "";
      return [
        undeclared(
          `contributorInsights.${of}`,
          status,
          "It costs money. When it has told what it was turned on for: aws dynamodb " +
            `update-contributor-insights --table-name ${name}${index} --contributor-insights-action DISABLE`,
        ),
      ];
    }),
  );
}

/** Every change of an item goes there, to whoever may read that stream. */
export function noKinesisDestination({ name, live }: Comparison): readonly Difference[] {
  return whenRead("kinesisDestinations", live.kinesis, (destinations) =>
    destinations
      .filter(({ DestinationStatus }) => !DestinationStatus?.startsWith("DISABL"))
      .map(({ StreamArn = "", DestinationStatus }) =>
        undeclared(
          `kinesisDestinations.${StreamArn.split("/").at(-1)}`,
          `${StreamArn}, ${DestinationStatus}`,
          "Every change of an item goes there: aws dynamodb disable-kinesis-streaming-destination " +
            `--table-name ${name} --stream-arn ${StreamArn}`,
        ),
      ),
  );
}
