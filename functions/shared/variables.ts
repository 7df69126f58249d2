/**
 * A variable that the function cannot do without; the stacks set it from the table's spec.
 *
 * @throws Error that names it, when the function starts.
 */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The variable ${name} is not set: set it in the function's configuration.`);
  return value;
}

/**
 * A variable that has to be a whole number.
 *
 * @throws Error that names it and its bounds, when the function starts.
 */
export function requiredWholeNumber(
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const text = requiredVariable(name);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`The variable ${name} must be a whole number from ${least} to ${most}.`);
}
