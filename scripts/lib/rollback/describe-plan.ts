import { attributeChanges } from "../plan/attribute-changes";
import type { PlannedStack } from "../plan/planned-stack";

/** What a plan does, a resource a line, with the attributes that change. */
export const describeChanges = ({ stack, changes }: PlannedStack): string =>
  [
    `The plan of ${stack}:`,
    ...changes.flatMap((change) => [
      `  ${change.action} ${change.address}`,
      ...attributeChanges(change).map(
        ({ path, from, to }) => `    ${path}: ${from ?? "none"} -> ${to ?? "none"}`,
      ),
    ]),
  ].join("\n");
