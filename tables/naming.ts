/** How a table is called in each environment. Everything else that has a name is named in stacks/naming.ts. */

export const environmentNames = ["dev", "staging", "prod", "local"] as const;
export type EnvironmentName = (typeof environmentNames)[number];

const placeholder = "<env>";

/** A name of one environment's own: production keeps the bare name, the others append `-<env>`. */
export function perEnvironment(name: string, environment: EnvironmentName): string {
  return environment === "prod" ? name : `${name}-${environment}`;
}

/**
 * The physical name of a table. A name that holds `<env>` takes the environment there, in production too
 * (document 000: `brand_processing_status_<env>`).
 */
export function tableName(spec: { readonly name: string }, environment: EnvironmentName): string {
  return spec.name.includes(placeholder)
    ? spec.name.replaceAll(placeholder, environment)
    : perEnvironment(spec.name, environment);
}
