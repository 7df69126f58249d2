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
