/**
 * Parameters of the agent's actions. Bedrock sends every one of them as text, whatever its declared type (AWS:
 * "Configure Lambda functions to send information that an Amazon Bedrock agent elicits from the user"), and a
 * model wrote that text. What is wrong is told in words for the model: which parameter, what it must be, what to
 * do next; never the value.
 */

import { Refusal } from "../shared/refusal";
import { ordinaryBrands } from "./actions";
import { mostListed } from "./brands";
import { brandStatuses } from "./model";

/** What a text is read as; nothing when it is not of the kind. */
export interface Kind<T> {
  /** Completes "<parameter> must be …". */
  readonly must: string;
  readonly read: (text: string) => T | undefined;
}

export interface Parameter<T> {
  readonly kind: Kind<T>;
  readonly isRequired: boolean;
}

/** The parameters of an action, by name. */
export type ParameterTable = Readonly<Record<string, Parameter<unknown>>>;

/** What an action is given: of an optional parameter, perhaps nothing. */
export type ValuesOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends {
    readonly kind: Kind<infer T>;
    readonly isRequired: true;
  }
    ? T
    : Table[Name] extends { readonly kind: Kind<infer T> }
      ? T | undefined
      : never;
};

const required = <T>(kind: Kind<T>) => ({ kind, isRequired: true }) as const;
const optional = <T>(kind: Kind<T>) => ({ kind, isRequired: false }) as const;

/** A parameter as it arrives: Bedrock also sends the declared type, which says nothing about the text. */
export interface Sent {
  readonly name: string;
  readonly value: string;
}

/** Far beyond any value of an action. */
const longestText = 2_000;
/** What models write for a parameter that they were not told. */
const nothings: readonly string[] = ["", "null", "none", "undefined"];

/**
 * The values of an action's parameters.
 *
 * @throws Refusal `invalid`.
 */
export function readParameters<Table extends ParameterTable>(
  parameters: Table,
  sent: readonly Sent[],
): ValuesOf<Table> {
  const names = Object.keys(parameters);
  if (sent.some(({ name }) => !names.includes(name))) {
    throw invalid(
      names.length === 0
        ? "This action takes no parameters: call it again without any."
        : `There is a parameter that the action does not take: call it again with ${names.join(", ")} alone.`,
    );
  }
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const [given, twice] = sent.filter((one) => one.name === name);
    if (twice !== undefined) throw invalid(`${name} is given twice: call the action again with one.`, name);
    return [name, readParameter(name, parameter, given?.value)] as const;
  });
  return Object.fromEntries(values) as ValuesOf<Table>;
}

function readParameter(name: string, { kind, isRequired }: Parameter<unknown>, value = ""): unknown {
  const text = value.length > longestText ? undefined : unquoted(value.trim());
  if (text !== undefined && nothings.includes(text.toLowerCase())) {
    if (!isRequired) return undefined;
    throw invalid(`${name} is missing: it must be ${kind.must}. ${askAgain}`, name);
  }
  const read = text === undefined ? undefined : kind.read(text);
  if (read === undefined) throw invalid(`${name} must be ${kind.must}. ${askAgain}`, name);
  return read;
}

const askAgain = "Ask the user for it if they did not say, then call the action again.";

const invalid = (message: string, field?: string) => new Refusal("invalid", message, field);

/** Models now and then send a text as JSON has it. */
function unquoted(text: string): string {
  const [, inner] = /^"(.*)"$/s.exec(text) ?? /^'(.*)'$/s.exec(text) ?? [];
  return inner === undefined ? text : inner.trim();
}

/** `12345`, also as `12345.0`, which is how a model writes a number. */
export const wholeNumber = (least: number, most: number, example: string): Kind<number> => ({
  must: `a whole number ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}, such as ${example}`,
  read(text) {
    const [, digits] = /^\+?(\d{1,16})(?:\.0{1,16})?$/.exec(text) ?? [];
    const number = Number(digits);
    return Number.isSafeInteger(number) && number >= least && number <= most ? number : undefined;
  },
});

export const truth: Kind<boolean> = {
  must: "true or false",
  read(text) {
    const word = text.toLowerCase();
    return word === "true" ? true : word === "false" ? false : undefined;
  },
};

/** One of some words, in any case. */
export const oneOf = <const Word extends string>(words: readonly Word[]): Kind<Word> => ({
  must: `one of ${words.join(", ")}`,
  read: (text) => words.find((word) => word.toLowerCase() === text.toLowerCase()),
});

/** `a, b`, `[a, b]` and `["a", "b"]`; of one element, too. Each value once. */
export const listOf = <T>(element: Kind<T>): Kind<readonly T[]> => ({
  must: `${element.must}, or several of them with commas between`,
  read(text) {
    const texts = jsonTexts(text) ?? inBrackets(text).split(",");
    const values = texts.map((one) => element.read(unquoted(one.trim())));
    return values.every((value) => value !== undefined) && values.length > 0
      ? [...new Set(values)]
      : undefined;
  },
});

const inBrackets = (text: string): string => /^\[(.*)\]$/s.exec(text)?.[1] ?? text;

/** The elements of a JSON list as texts; nothing when it is none, or of anything else. */
function jsonTexts(text: string): readonly string[] | undefined {
  try {
    const list = JSON.parse(text) as unknown;
    if (!Array.isArray(list)) return undefined;
    return list.map((one: unknown) => (typeof one === "string" ? one : JSON.stringify(one)));
  } catch {
    return undefined;
  }
}

const brandid = required(wholeNumber(1, Number.MAX_SAFE_INTEGER, "12345"));
const limit = optional(wholeNumber(1, mostListed, String(ordinaryBrands)));

/** What each action takes. The stack declares the same to Bedrock (stacks/brand-processing/agent-actions.ts). */
export const actionParameters = {
  list_brands: { status: required(listOf(oneOf(brandStatuses))), limit },
  get_brand: { brandid },
  start_workflow: { brandid },
  start_unprocessed: { limit },
  count_brands: {},
} as const satisfies Readonly<Record<string, ParameterTable>>;

export type ActionName = keyof typeof actionParameters;

export const isActionName = (name: string): name is ActionName => Object.hasOwn(actionParameters, name);
