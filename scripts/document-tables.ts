import "./lib/uncaught";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../tables/catalogue";
import { defineCommand, runCommand, type JsonOption } from "./lib/command";
import { exitCodes } from "./lib/errors";
import { root } from "./lib/paths";
import { tableReference } from "./lib/table-reference";

const page = join(root, "docs/tables.md");

interface Options extends JsonOption {
  readonly check: boolean;
}

const schemaVersion = 1;

const command = defineCommand("docs:tables", "Writes docs/tables.md from the specs of the tables.", [
  "npm run docs:tables",
  "npm run docs:tables -- --check",
]).option("--check", "write nothing; exit 1 when the page is not what the specs say", false);

void runCommand(command, () => {
  const { check, json } = command.opts<Options>();
  const expected = tableReference(catalogue);
  const isCurrent = existsSync(page) && readFileSync(page, "utf8") === expected;
  if (!check && !isCurrent) writeFileSync(page, expected);
  if (json)
    console.log(
      JSON.stringify({ schemaVersion, page: "docs/tables.md", isCurrent, isWritten: !check && !isCurrent }),
    );
  if (check && !isCurrent) {
    console.error("docs/tables.md is not what the specs say: run `npm run docs:tables`.");
    return Promise.resolve(exitCodes.no);
  }
  return Promise.resolve(exitCodes.done);
});
