/** Definitions in Amazon States Language. Each is read and checked once: that takes longer than an execution. */

export interface Diagnostic {
  readonly severity: "ERROR";
  readonly code: string;
  readonly message: string;
  readonly location?: string;
}

const diagnostics = new Map<string, Promise<readonly Diagnostic[]>>();
const definitions = new Map<string, object>();

/**
 * Checks a definition as Step Functions does before it takes one: structure, transitions, paths and ARNs.
 *
 * @returns nothing when it is one.
 */
export function checkDefinition(text: string): Promise<readonly Diagnostic[]> {
  const checked = diagnostics.get(text) ?? check(text);
  diagnostics.set(text, checked);
  return checked;
}

/** The same object for the same text: the interpreter remembers which it has seen. */
export function parseDefinition(text: string): object {
  const definition = definitions.get(text) ?? (JSON.parse(text) as object);
  definitions.set(text, definition);
  return definition;
}

async function check(text: string): Promise<readonly Diagnostic[]> {
  let definition: unknown;
  try {
    definition = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : "no JSON";
    return [noDefinition(message)];
  }
  // What is no object makes the validator fail.
  if (typeof definition !== "object" || definition === null) return [noDefinition("no object")];
  // Loaded with the first definition: it takes longer than starting the proxy.
  const { default: validate } = await import("asl-validator");
  return validate(definition).errors.map(({ "Error code": code, Message: message, schemaError }) => ({
    severity: "ERROR",
    code,
    message,
    ...(schemaError && { location: schemaError.instancePath }),
  }));
}

const noDefinition = (message: string): Diagnostic => ({
  severity: "ERROR",
  code: "INVALID_JSON_DESCRIPTION",
  message,
});
