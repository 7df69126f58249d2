import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** The first executable of that name: on the PATH, then in the given folders. A path stands for itself. */
export function findExecutable(
  name: string,
  variables: NodeJS.ProcessEnv,
  ...folders: readonly string[]
): string | undefined {
  if (isAbsolute(name)) return isExecutable(name) ? name : undefined;
  const path = (variables["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...path, ...folders].map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
