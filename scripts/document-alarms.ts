import "./lib/uncaught";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alarmReference, productionAlarms } from "./lib/alarm-reference";
import { defineCommand, runCommand, type JsonOption } from "./lib/command";
import { exitCodes } from "./lib/errors";
import { root } from "./lib/paths";

const page = "docs/alarms.md";

interface Options extends JsonOption {
  readonly check: boolean;
}

const schemaVersion = 1;

const command = defineCommand("docs:alarms", "Writes docs/alarms.md from the alarms of the stacks.", [
  "npm run docs:alarms",
  "npm run docs:alarms -- --check",
]).option("--check", "write nothing; exit 1 when the page is not what the stacks say", false);

void runCommand(command, () => {
  const { check, json } = command.opts<Options>();
  const file = join(root, page);
  const expected = alarmReference(productionAlarms());
  const isCurrent = existsSync(file) && readFileSync(file, "utf8") === expected;
  if (!check && !isCurrent) writeFileSync(file, expected);
  if (json) console.log(JSON.stringify({ schemaVersion, page, isCurrent, isWritten: !check && !isCurrent }));
  if (check && !isCurrent) {
    console.error(`${page} is not what the stacks say: run \`npm run docs:alarms\`.`);
    return Promise.resolve(exitCodes.no);
  }
  return Promise.resolve(exitCodes.done);
});
