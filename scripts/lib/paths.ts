import { resolve } from "node:path";

/** The repository's folder. */
export const root = resolve(__dirname, "../..");

/** Tools that the set-up installs. Ignored by git. */
export const toolsFolder = resolve(root, ".tools");

/** What a running local AWS keeps, and logs of failed runs. Ignored by git. */
export const localFolder = resolve(root, ".local");
