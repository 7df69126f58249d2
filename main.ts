import { buildApp } from "./stacks/app";
import { loadSettings } from "./stacks/settings";

try {
  buildApp(loadSettings(process.env)).synth();
} catch (error) {
  // A wrong setting or a defective table is the reader's to mend: the message says how, a stack does not.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
