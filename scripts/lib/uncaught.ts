/**
 * The first import of every script. A table is checked when its file is loaded, before any command runs: its
 * defects are told in their own words, and the command could not tell. A reader of stdout that has read
 * enough, such as `head`, ends the script as it ends any other program; one of stderr does not.
 */

import { exitCodes, signalExits } from "./errors";

process.once("uncaughtException", (error) => {
  console.error(error.name === "TableDefinitionError" ? error.message : error);
  process.exit(exitCodes.couldNotTell);
});

// Progress that nobody sees any more, since the terminal is closed or its reader has read enough, must not end what
// has to come to its end: a table's protection is put on again after that.
process.stderr.on("error", () => undefined);

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(signalExits.SIGPIPE);
});
