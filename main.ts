/** A wrong setting or a defective table is the reader's to mend: the message says how, a stack does not. */
async function synthesize(): Promise<void> {
  // Imported here: a table is checked when its file is loaded.
  const { buildApp } = await import("./stacks/app");
  const { loadSettings } = await import("./stacks/settings");
  buildApp(loadSettings(process.env)).synth();
}

synthesize().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
