/**
 * The first import of every script. A table is checked when its file is loaded, before any command runs: its
 * defects are told in their own words, and the command could not tell. A reader of stdout that has read
 * enough, such as `head`, ends the script as it ends any other program.
 */

import { exitCodes, signalExits } from "./errors";

process.once("uncaughtException", (error) => {
  console.error(error.name === "TableDefinitionError" ? error.message : error);
  process.exit(exitCodes.couldNotTell);
});

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(signalExits.SIGPIPE);
});
