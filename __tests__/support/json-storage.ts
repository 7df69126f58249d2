import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentProfiles } from "../../tables/agent-profiles";

const { name, address, tags, location, description } = agentProfiles.example;

/** A profile as the JSON storage of document 002 has it: made of the spec's example. */
export const storedProfile = (index: number) => ({
  name: `${String(name)} ${index}`,
  address,
  job: index % 3 === 0 ? "Electrician" : "Plumber",
  averagePrice: (6_000 + (index % 4_000)) / 100,
  tags,
  location,
  description,
  licences: [{ number: index, valid: true }],
});

/** What each kind of bad file is rejected with. */
export const badFiles: readonly { readonly code: string; readonly text: (index: number) => string }[] = [
  { code: "not-json", text: (index) => JSON.stringify(storedProfile(index)).slice(0, -1) },
  { code: "empty", text: () => "" },
  { code: "malformed", text: (index) => JSON.stringify(`agent ${index}`) },
  { code: "invalid", text: (index) => JSON.stringify({ ...storedProfile(index), name: undefined }) },
  { code: "invalid", text: (index) => JSON.stringify({ ...storedProfile(index), averagePrice: -1 }) },
];

export interface JsonStorage {
  readonly good: ReadonlySet<string>;
  /** Codes by file. */
  readonly bad: ReadonlyMap<string, string>;
}

/** A folder of one file a profile, every hundredth of them bad. */
export function writeJsonStorage(folder: string, files: number): JsonStorage {
  mkdirSync(folder);
  const good = new Set<string>();
  const bad = new Map<string, string>();
  for (let index = 0; index < files; index += 1) {
    const id = `agent-${index}`;
    const file = `${id}.json`;
    const kind = index % 100 === 50 ? badFiles[Math.floor(index / 100) % badFiles.length] : undefined;
    if (kind === undefined) good.add(id);
    else bad.set(file, kind.code);
    writeFileSync(join(folder, file), kind?.text(index) ?? JSON.stringify(storedProfile(index)));
  }
  return { good, bad };
}

/** A file that cannot be read, whoever runs the tests: root may read all that is there. */
export const writeUnreadable = (path: string): void => symlinkSync("nowhere", path);
