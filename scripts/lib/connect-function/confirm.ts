import { createInterface } from "node:readline/promises";
import { CouldNotTell } from "../errors";

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined };
}

/**
 * Asks a person. Anything but yes is no.
 *
 * @throws CouldNotTell where there is no terminal to ask at.
 */
export async function confirm(question: string, terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  return /^y(es)?$/i.test(await askLine(`${question} [y/N] `, terminal, signal));
}

/**
 * Asks a person for a line.
 *
 * @returns nothing where the input ends without one, as by Ctrl-D.
 * @throws CouldNotTell where there is no terminal to ask at.
 */
export async function askLine(
  question: string,
  { input, output }: Terminal,
  signal: AbortSignal,
): Promise<string> {
  requireTerminal({ input, output });
  // Line by line: Ctrl-C stays the terminal's, and comes as the signal that everything here listens to.
  const lines = createInterface({ input, output, terminal: false });
  try {
    const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    return (await Promise.race([lines.question(question, { signal }), closed])).trim();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    lines.close();
  }
}

/** @throws CouldNotTell where there is no terminal to ask at. */
export function requireTerminal({ input, output }: Terminal): void {
  if (input.isTTY && output.isTTY) return;
  throw new CouldNotTell("There is no terminal to ask at: look with --dry-run, then run this with --yes.");
}
