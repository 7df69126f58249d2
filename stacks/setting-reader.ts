/** Variables of an environment: read by name, checked against a form. */

/** A variable that is malformed, or names what is not there. Its message says what to write instead. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** What a variable must look like, and how to say so: "must be …". */
export interface Form {
  readonly pattern: RegExp;
  readonly form: string;
}

/**
 * Reads variables that begin with the environment's name; an empty one counts as unset.
 *
 * @throws SettingError, when it reads, that names the variable, its form and its value.
 */
export function settingReader<Suffix extends string>(
  prefix: string,
  forms: Readonly<Record<Suffix, Form>>,
  variables: Variables,
): (suffix: Suffix) => string | undefined {
  return (suffix) => {
    const variable = `${prefix}_${suffix}`;
    const value = variables[variable];
    if (!value) return undefined;
    const { pattern, form } = forms[suffix];
    if (!pattern.test(value)) {
      throw new SettingError(`${variable} must be ${form}; found "${value}". Correct or unset it.`);
    }
    return value;
  };
}

export const settingPrefix = (environment: string): string => environment.toUpperCase();
