/** Variables of a shell: those that are undefined have to be unset. */
export type Exports = Readonly<Record<string, string | undefined>>;

/** Lines for a shell to evaluate. */
export function describeExports(variables: Exports): string {
  return Object.entries(variables)
    .map(([name, value]) => (value === undefined ? `unset ${name}` : `export ${name}=${shellQuote(value)}`))
    .join("\n");
}

/** For JSON, which has no undefined: null says that a variable has to be unset. */
export const exportsDocument = (variables: Exports): Readonly<Record<string, string | null>> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? null]));

const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
