/** Which attributes a planned change alters, for people: sensitive values are never shown. */

import type { Json, PlannedChange, Values } from "./planned-stack";

export interface AttributeChange {
  /** Such as `ttl.0.attribute_name`. */
  readonly path: string;
  /** As JSON has it, cut to a line; absent where there is none. */
  readonly from?: string;
  readonly to?: string;
  /** Whether this attribute forces the replacement. */
  readonly replaces: boolean;
}

const longest = 120;
const hidden = "(sensitive)";
const unknownValue = "(known after apply)";
/** Their names are the same in all of a stack's resources, and `tags` shows what is the resource's own. */
const derived = new Set(["tags_all"]);

/**
 * The attributes that an update or a replacement alters, down to single values; none of what is created or goes.
 */
export function attributeChanges(change: PlannedChange): readonly AttributeChange[] {
  const { action, before, after, unknown, sensitive, replacedBy } = change;
  if ((action !== "update" && action !== "replace") || before === undefined) return [];
  const found: AttributeChange[] = [];
  compare({ path: [], before, after: after ?? {}, unknown, sensitive }, found);
  // A replacement makes every computed value anew: those say nothing.
  const told =
    action === "replace" ? found.filter(({ to, path }) => to !== unknownValue || isNamed(path)) : found;
  return told
    .filter(({ path }) => !derived.has(firstOf(path)))
    .map((one) => ({ ...one, replaces: isNamed(one.path) }));

  function isNamed(path: string): boolean {
    return replacedBy.some((forcing) => path === forcing || path.startsWith(`${forcing}.`));
  }
}

interface Place {
  readonly path: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly unknown: Json | undefined;
  readonly sensitive: Json | undefined;
}

function compare(place: Place, found: Omit<AttributeChange, "replaces">[]): void {
  const { path, before, after, unknown, sensitive } = place;
  if (sensitive === true || unknown === true) {
    if (unknown === true || !isSameJson(before, after)) tell(place, found);
    return;
  }
  if (isNamedList(before) || isNamedList(after)) {
    for (const element of elementsByName(place)) {
      // A whole index that comes or goes is one change.
      if (isContainer(element.before) && isContainer(element.after)) compare(element, found);
      else tell(element, found);
    }
    return;
  }
  if (isContainer(before) || isContainer(after)) {
    const names = new Set([...namesOf(before), ...namesOf(after), ...namesOf(unknown)]);
    for (const name of names) {
      compare(
        {
          path: [...path, name],
          before: member(before, name),
          after: member(after, name),
          unknown: member(unknown, name),
          sensitive: member(sensitive, name),
        },
        found,
      );
    }
    return;
  }
  if (!isSame(before, after)) tell(place, found);
}

function tell(
  { path, before, after, unknown, sensitive }: Place,
  found: Omit<AttributeChange, "replaces">[],
): void {
  const isHidden = JSON.stringify(sensitive ?? null).includes("true");
  const [from, to] = [before, after].map((value) => (isHidden && isSet(value) ? hidden : describe(value)));
  const told = unknown === true ? unknownValue : to;
  found.push({
    path: path.join("."),
    ...(from !== undefined && { from }),
    ...(told !== undefined && { to: told }),
  });
}

type NamedList = readonly (Values & { readonly name: string })[];

const isNamedList = (value: Json | undefined): value is NamedList =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((element: Json) => isContainer(element) && typeof member(element, "name") === "string");

/** Indexes and attributes are sets: their places in a plan say nothing, their names do. */
function elementsByName({ path, before, after, unknown, sensitive }: Place): readonly Place[] {
  const [old, planned] = [before, after].map((list) => (isNamedList(list) ? list : []));
  const names = new Set([...(old ?? []), ...(planned ?? [])].map(({ name }) => name));
  return [...names].map((name) => {
    const index = (planned ?? []).findIndex((element) => element.name === name);
    return {
      path: [...path, name],
      before: old?.find((element) => element.name === name),
      after: planned?.[index],
      unknown: member(unknown, String(index)),
      // The marks are those of the elements that stay.
      sensitive: index < 0 ? sensitive : member(sensitive, String(index)),
    };
  });
}

const firstOf = (path: string): string => path.split(".")[0] ?? path;

const isContainer = (value: Json | undefined): value is readonly Json[] | Values =>
  typeof value === "object" && value !== null;

const namesOf = (value: Json | undefined): readonly string[] =>
  isContainer(value) ? Object.keys(value) : [];

const member = (value: Json | undefined, name: string): Json | undefined =>
  isContainer(value) && Object.hasOwn(value, name) ? (value as Values)[name] : undefined;

const isSet = (value: Json | undefined): boolean => value !== undefined && value !== null;

/** The provider writes what is not set as null, an empty list or nothing at all. */
const isSame = (one: Json | undefined, other: Json | undefined): boolean => (one ?? null) === (other ?? null);

/** Of sensitive values, which may be whole blocks. */
const isSameJson = (one: Json | undefined, other: Json | undefined): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

function describe(value: Json | undefined): string | undefined {
  if (!isSet(value)) return undefined;
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
