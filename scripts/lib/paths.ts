import { resolve } from "node:path";

/** The repository's folder. */
export const root = resolve(__dirname, "../..");

/** Tools that the set-up installs. Ignored by git. TOOLS_FOLDER names another place. */
export const toolsFolder = (variables: NodeJS.ProcessEnv): string =>
  resolve(variables["TOOLS_FOLDER"] || resolve(root, ".tools"));

/** What a running local AWS keeps, and logs of failed runs. Ignored by git. */
export const localFolder = resolve(root, ".local");
