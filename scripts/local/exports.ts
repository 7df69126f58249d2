/** Lines for a shell to evaluate. */
export function describeExports(variables: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(variables)
    .map(([name, value]) => (value === undefined ? `unset ${name}` : `export ${name}=${shellQuote(value)}`))
    .join("\n");
}

const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
