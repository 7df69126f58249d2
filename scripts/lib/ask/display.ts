import { progressLine } from "../progress-line";
import { cut, printable, printableLines } from "../watch/text";
import type { Listener } from "./conversation";

/** Of what an action gave. */
const mostColumns = 200;

export interface Display extends Listener {
  /** Called once, however it ended. */
  readonly end: () => void;
}

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * The answer on stdout as it comes, the actions on stderr; harmless in a terminal, whatever the model writes.
 *
 * @param isSilent whether stdout is for a document, which comes later.
 */
export function display({ stdout, stderr }: Streams, isSilent: boolean): Display {
  const waiting = progressLine(stderr);
  const began = performance.now();
  const timer = setInterval(
    () => waiting.show(`The agent thinks … ${Math.round((performance.now() - began) / 1000)} s`),
    1_000,
  );
  let isMidLine = false;
  const tell = (line: string) => {
    waiting.clear();
    // Both are one screen.
    if (isMidLine && stdout.isTTY && stderr.isTTY) stdout.write("\n");
    isMidLine = false;
    stderr.write(`${line}\n`);
  };
  return {
    text(text) {
      clearInterval(timer);
      waiting.clear();
      if (isSilent) return;
      const harmless = printableLines(text);
      stdout.write(harmless);
      isMidLine = !harmless.endsWith("\n");
    },
    action({ name, parameters }) {
      const given = Object.entries(parameters).map(([parameter, value]) => ` ${parameter}=${value}`);
      tell(`> ${cut(printable(`${name}${given.join("")}`), mostColumns)}`);
    },
    outcome: (outcome) => tell(`< ${cut(printable(outcome), mostColumns)}`),
    guardrail: () => tell("! A guardrail has intervened."),
    end() {
      clearInterval(timer);
      waiting.clear();
      if (isMidLine) stdout.write("\n");
    },
  };
}
