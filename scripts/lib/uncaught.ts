/**
 * The first import of every script. A table is checked when its file is loaded, before any command runs: its
 * defects are told in their own words, and the command could not tell.
 */

import { exitCodes } from "./errors";

process.once("uncaughtException", (error) => {
  console.error(error.name === "TableDefinitionError" ? error.message : error);
  process.exit(exitCodes.couldNotTell);
});
