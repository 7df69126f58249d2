/** Policies of IAM as sets of statements: AWS keeps no order, and takes one value wherever it takes a list. */

import { isDeepStrictEqual } from "node:util";
import { declared, undeclared, type Difference } from "../finding";
import { deployStack, word } from "./same";

/** A statement with each of its elements as sorted texts. */
type Elements = Readonly<Record<string, readonly string[]>>;

export interface PolicyStatement {
  /** Its Sid, or its place where it has none. */
  readonly label: string;
  readonly elements: Elements;
}

/**
 * The statements of a policy in a form that can be compared.
 *
 * @throws SyntaxError when the text is no JSON.
 */
export function readStatements(policy: string): readonly PolicyStatement[] {
  const { Statement } = JSON.parse(policy) as { readonly Statement?: unknown };
  return listed(Statement).map((statement, index) => {
    const elements = elementsOf(statement as Readonly<Record<string, unknown>>);
    return { label: elements["Sid"]?.[0] ?? `statement ${index + 1}`, elements };
  });
}

/**
 * Statements that are missing, different, or that nobody declared.
 *
 * @param openPath where an undeclared statement is told that lets in everyone; like the others by default.
 */
export function policyDifferences(
  path: string,
  expected: string,
  actual: string,
  { openPath = path, remedy = deployStack }: { readonly openPath?: string; readonly remedy?: string } = {},
): readonly Difference[] {
  const left = [...readStatements(actual)];
  const take = (fits: (one: PolicyStatement) => boolean): PolicyStatement | undefined => {
    const index = left.findIndex(fits);
    return index === -1 ? undefined : left.splice(index, 1)[0];
  };
  // Those that are right are out of the way before others are paired.
  const rest = readStatements(expected).filter(
    ({ elements }) => take((one) => isDeepStrictEqual(likeIn(elements, one), elements)) === undefined,
  );
  const different = rest.flatMap((statement) => {
    const found = take((one) => one.elements["Sid"]?.[0] === statement.elements["Sid"]?.[0]);
    if (found === undefined) {
      return [declared(`${path}.${statement.label}`, describe(statement), "absent", remedy)];
    }
    const wasOpened = letsInEveryone(found) && !letsInEveryone(statement);
    const below = `${wasOpened ? openPath : path}.${statement.label}`;
    return elementDifferences(below, statement.elements, found.elements, remedy);
  });
  return [
    ...different,
    ...left.map((statement) => {
      const isOpen = letsInEveryone(statement);
      const remove = "Remove the statement, or declare it in the stack.";
      return undeclared(`${isOpen ? openPath : path}.${statement.label}`, describe(statement), remove);
    }),
  ];
}

/** A statement that is declared without a Sid may be given any. */
const likeIn = (expected: Elements, { elements: { Sid, ...rest } }: PolicyStatement): Elements =>
  expected["Sid"] === undefined || Sid === undefined ? rest : { Sid, ...rest };

function elementDifferences(
  path: string,
  expected: Elements,
  actual: Elements,
  remedy: string,
): readonly Difference[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  return names.flatMap((name) => {
    const [wanted, found] = [expected[name] ?? [], actual[name] ?? []];
    if (isDeepStrictEqual(wanted, found)) return [];
    const [gone, come] = [
      wanted.filter((one) => !found.includes(one)),
      found.filter((one) => !wanted.includes(one)),
    ];
    // Of a long list only what differs.
    const isShort = wanted.length <= 3 && found.length <= 3;
    return [
      declared(
        `${path}.${name}`,
        word(isShort ? wanted : gone),
        isShort ? word(found) : come.length === 0 ? "absent" : `also ${word(come)}`,
        remedy,
      ),
    ];
  });
}

/** Whether a statement lets in everyone, and no condition says whom. */
export function letsInEveryone({ elements }: PolicyStatement): boolean {
  const everyone =
    elements["Principal"]?.includes("AWS *") === true || elements["NotPrincipal"] !== undefined;
  const narrowed = elements["Condition"]?.some((one) => narrowing.test(one)) === true;
  return everyone && !narrowed && elements["Effect"]?.[0] === "Allow";
}

/** AWS: "AWS global condition context keys": those that say which account, organization or resource it is. */
const narrowing =
  /^(String|Arn)\w* (aws:(sourcearn|sourceaccount|sourceowner|principalorgid|principalaccount|principalarn)|kms:calleraccount) /i;

function describe({ elements }: PolicyStatement): string {
  const part = (name: string, word = "") =>
    elements[name] === undefined ? [] : [`${word}${elements[name].join(", ")}`];
  return word(
    [
      ...part("Effect"),
      ...part("Action"),
      ...part("NotAction", "all but "),
      ...part("Resource", "on "),
      ...part("Principal", "for "),
      ...part("Condition", "if "),
    ].join(" "),
  );
}

function elementsOf(statement: Readonly<Record<string, unknown>>): Elements {
  return Object.fromEntries(
    Object.entries(statement).map(([name, value]) => [name, [...new Set(textsOf(name, value))].sort()]),
  );
}

function textsOf(name: string, value: unknown): readonly string[] {
  switch (name) {
    case "Action":
    case "NotAction":
      // AWS: "IAM JSON policy elements: Action": case does not matter.
      return texts(value).map((action) => action.toLowerCase());
    case "Principal":
    case "NotPrincipal":
      return typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([type, names]) =>
            texts(names).map((one) => `${type} ${type === "AWS" ? wholeAccount(one) : one}`),
          )
        : texts(value).map((one) => `AWS ${wholeAccount(one)}`);
    case "Condition":
      return Object.entries((value ?? {}) as Readonly<Record<string, object>>).flatMap(([operator, keys]) =>
        Object.entries(keys).map(
          ([key, values]) => `${operator} ${key.toLowerCase()} ${[...texts(values)].sort().join(" or ")}`,
        ),
      );
    default:
      return texts(value);
  }
}

/** AWS writes an account as its root. */
const wholeAccount = (principal: string): string =>
  /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal;

const listed = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly unknown[]) : [value];

const texts = (value: unknown): readonly string[] =>
  listed(value).map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
