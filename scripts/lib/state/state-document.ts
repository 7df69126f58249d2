/** Terraform's state as it is stored: only what says which state it is, and how much is in it. */

export interface StateDocument {
  /** The same as long as it is the same state; a new one has another. */
  readonly lineage: string;
  /** Grows with each change. */
  readonly serial: number;
  readonly version: number;
  readonly terraform_version: string;
  readonly resources: readonly StateResource[];
}

interface StateResource {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly module?: string;
  readonly instances: readonly unknown[];
}

/**
 * Reads a state.
 *
 * @param from where it was found, for the error.
 * @returns nothing of an empty text, or without a lineage: so `terraform state pull` says that there is no state.
 * @throws Error when it is no state. What is in it is not told: it may hold secrets.
 */
export function readState(text: string, from: string): StateDocument | undefined {
  if (text.trim() === "") return undefined;
  const document = parse(text);
  if (!isState(document)) {
    throw new Error(`${from} is no state of Terraform. Restore it from a backup, or move it aside.`);
  }
  return document.lineage === "" ? undefined : document;
}

/** How many resources Terraform manages by it. */
export const countResources = ({ resources }: StateDocument): number =>
  resources
    .filter(({ mode }) => mode === "managed")
    .reduce((sum, { instances }) => sum + instances.length, 0);

/**
 * Such as `aws_s3_bucket.state`; of resources outside of modules. One without instances is no more than an intention:
 * a Terraform that was killed leaves those that it was about to make.
 */
export const addressesOf = (state: StateDocument | undefined): ReadonlySet<string> =>
  new Set(
    state?.resources
      .filter(({ mode, instances }) => mode === "managed" && instances.length > 0)
      .map(({ type, name }) => `${type}.${name}`),
  );

/**
 * How a state relates to the one that is to take its place. `same`: it says the same of the world, so that a plan
 * says the same of either. `begun`: that, and Terraform has just begun it, as it does in an empty bucket, with a
 * lineage of its own.
 */
export type Relation = "none" | "same" | "begun" | "older" | "newer" | "changed" | "foreign";

export function relate(there: StateDocument | undefined, state: StateDocument): Relation {
  if (there === undefined) return "none";
  const isSame = told(there) === told(state);
  if (there.lineage !== state.lineage) return isSame && there.serial === 1 ? "begun" : "foreign";
  if (there.serial < state.serial) return "older";
  if (isSame) return "same";
  return there.serial > state.serial ? "newer" : "changed";
}

/** All but which state it is, and which Terraform wrote it. */
const told = (state: StateDocument): string =>
  JSON.stringify({
    ...state,
    lineage: undefined,
    serial: undefined,
    terraform_version: undefined,
    resources: sorted(state),
  });

const sorted = ({ resources }: StateDocument): readonly StateResource[] =>
  [...resources].sort((one, other) => keyOf(one).localeCompare(keyOf(other)));

const keyOf = ({ module = "", mode, type, name }: StateResource): string =>
  [module, mode, type, name].join(" ");

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isState(document: unknown): document is StateDocument {
  if (typeof document !== "object" || document === null) return false;
  const { lineage, serial, resources } = document as Partial<StateDocument>;
  return typeof lineage === "string" && typeof serial === "number" && Array.isArray(resources);
}
