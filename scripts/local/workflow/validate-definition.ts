export interface Diagnostic {
  readonly severity: "ERROR";
  readonly code: string;
  readonly message: string;
  readonly location?: string;
}

/**
 * Checks a definition in Amazon States Language as Step Functions does before it takes one: structure,
 * transitions, paths and ARNs.
 *
 * @returns nothing when it is one.
 */
export async function validateDefinition(text: string): Promise<readonly Diagnostic[]> {
  let definition: unknown;
  try {
    definition = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : "no JSON";
    return [{ severity: "ERROR", code: "INVALID_JSON_DESCRIPTION", message }];
  }
  // Loaded with the first definition: it takes longer than starting the proxy.
  const { default: validate } = await import("asl-validator");
  return validate(definition).errors.map(({ "Error code": code, Message: message, schemaError }) => ({
    severity: "ERROR",
    code,
    message,
    ...(schemaError && { location: schemaError.instancePath }),
  }));
}
