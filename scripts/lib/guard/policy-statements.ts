/** Reads IAM policies of resources, whoever wrote them: AWS takes one value wherever it takes a list. */

import type { Json, Values } from "../plan/planned-stack";
import { isValues } from "./tables";

/** A statement that allows something, with whom it is for. */
export interface AllowStatement {
  readonly sid: string;
  readonly principals: readonly Principal[];
  readonly conditions: readonly Condition[];
}

export interface Principal {
  /** `NotPrincipal` allows everyone but those that it names. */
  readonly type: "AWS" | "Service" | "Federated" | "CanonicalUser" | "NotPrincipal" | "unknown";
  readonly value: string;
}

/** One key of one operator: all of a statement's must hold, and any of the values will do. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const principalTypes: readonly Principal["type"][] = ["AWS", "Service", "Federated", "CanonicalUser"];

/** The statements with the effect Allow; none where the text is no policy. */
export function readPolicy(policy: string): readonly AllowStatement[] | undefined {
  let document: Json;
  try {
    document = JSON.parse(policy) as Json;
  } catch {
    return undefined;
  }
  if (!isValues(document)) return undefined;
  return listed(document["Statement"])
    .filter(isValues)
    .filter((statement) => statement["Effect"] === "Allow")
    .map((statement, index) => ({
      sid: typeof statement["Sid"] === "string" ? statement["Sid"] : `statement ${index + 1}`,
      principals: principalsOf(statement),
      conditions: conditionsOf(statement["Condition"]),
    }));
}

function principalsOf(statement: Values): readonly Principal[] {
  const not = statement["NotPrincipal"];
  if (not !== undefined) return [{ type: "NotPrincipal", value: JSON.stringify(not) }];
  const principal = statement["Principal"];
  if (!isValues(principal)) return texts(principal).map((value) => ({ type: "AWS", value }));
  return Object.entries(principal).flatMap(([name, values]) =>
    texts(values).map((value) => ({
      type: principalTypes.find((known) => known === name) ?? ("unknown" as const),
      value,
    })),
  );
}

const conditionsOf = (condition: Json | undefined): readonly Condition[] =>
  isValues(condition)
    ? Object.entries(condition).flatMap(([operator, keys]) =>
        isValues(keys)
          ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: texts(values) }))
          : [],
      )
    : [];

const listed = (value: Json | undefined): readonly Json[] => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
};

const texts = (value: Json | undefined): readonly string[] =>
  listed(value).map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
