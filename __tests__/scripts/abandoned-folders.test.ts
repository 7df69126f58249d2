/** What killed processes leave below `.local/`, and who removes it. */

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { localFolder } from "../../scripts/lib/paths";
import { makeOwnFolder, removeAbandonedFolders } from "../../scripts/local/abandoned-folders";
import { temporaryFolder } from "../support/functions";
import { folderNames } from "../support/processes";

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** The id of a process that has ended. */
const deadProcess = (): number => spawnSync("true").pid;

const make = (name: string): string => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "file"), "");
  return path;
};

it("removes the folders of processes that are gone, and nothing else", () => {
  for (const kind of ["aws", "bench", "dynamodb", "other"]) make(`${kind}-${deadProcess()}-abc123`);
  const own = ["aws", "bench", "dynamodb"].map((kind) => basename(make(`${kind}-${process.pid}-abc123`)));
  make("state");
  removeAbandonedFolders(folder);
  expect(folderNames(folder).filter((name) => !name.startsWith("other-"))).toEqual([...own, "state"]);
  expect(folderNames(folder)).toHaveLength(own.length + 2);
});

it("keeps the newest five logs of processes that are gone, and those of the others", () => {
  const names = Array.from({ length: 7 }, (_, age) => {
    const path = make(`logs/quickstart-${deadProcess()}`);
    utimesSync(path, 1_000_000 - age, 1_000_000 - age);
    return basename(path);
  });
  const running = make(`logs/quickstart-${process.pid}`);
  utimesSync(running, 0, 0);
  removeAbandonedFolders(folder);
  const kept = [...names.slice(0, 5), basename(running)];
  expect([...folderNames(join(folder, "logs"))].sort()).toEqual(kept.sort());
});

it("keeps a killed deployment's for a day, and one with a state that is stored nowhere else", () => {
  const old = (name: string) => {
    const path = make(name);
    const stack = join(path, "cdktf.out/stacks/trade-status-tables-dev");
    mkdirSync(stack, { recursive: true });
    if (name.includes("errored")) writeFileSync(join(stack, "errored.tfstate"), "{}");
    utimesSync(path, 1_000_000, 1_000_000);
    return basename(path);
  };
  const kept = [old(`deploy-${deadProcess()}-errored`), basename(make(`deploy-${deadProcess()}-young`))];
  old(`deploy-${deadProcess()}-old`);
  removeAbandonedFolders(folder);
  expect(folderNames(folder).filter((name) => name.startsWith("deploy-"))).toEqual(kept.sort());
});

it("makes a folder with the process's id below .local", () => {
  const made = makeOwnFolder("bench");
  expect(dirname(made)).toBe(localFolder);
  expect(basename(made)).toMatch(new RegExp(`^bench-${process.pid}-\\w{6}$`));
  rmSync(made, { recursive: true });
});
