/** The five systems and the requirement document that each follows. */
export const requirementOf = {
  "brand-processing": "000_ec4623ad0691f601",
  conversations: "001_4943668e2e643a63",
  "agent-matching": "002_68b76c500e238bf3",
  "trade-status": "003_4c7354951450b53d",
  "design-analysis": "004_2466e7d84dd73430",
} as const;

export type System = keyof typeof requirementOf;
export type RequirementId = (typeof requirementOf)[System];

export const systems = Object.keys(requirementOf) as readonly System[];

/**
 * The system that a requirement document describes.
 *
 * @throws Error for an id that belongs to none of the five documents.
 */
export function systemOf(requirement: RequirementId): System {
  const system = systems.find((name) => requirementOf[name] === requirement);
  if (system === undefined) {
    const known = Object.values(requirementOf).join(", ");
    throw new Error(`No system follows the requirement document "${requirement}". Use one of: ${known}.`);
  }
  return system;
}
