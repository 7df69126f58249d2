/** A runner of GitHub with its `npm` and `gh` played: what a script of the pipeline calls is recorded, and answered. */

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../../scripts/lib/paths";
import { run, type Outcome } from "../../scripts/lib/process";
import { cleanVariables } from "./scripts";

/** What a command of this repository does when it is called; `out` are the files of its folder `--out`. */
export interface Played {
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly out?: Readonly<Record<string, string>>;
}

/** A call of GitHub's API that writes. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly content: Readonly<Record<string, string>>;
}

const npm = `#!/usr/bin/env bash
set -euo pipefail
echo "$*" >>"$PLAYED/calls"
env | grep ^TF_CLI_ARGS | sort >"$PLAYED/terraform" || true
command="$3"
calls="$(grep -c "^run --silent $command\\( \\|$\\)" "$PLAYED/calls")"
play="$PLAYED/$command.$calls"
[[ -d "$play" ]] || play="$PLAYED/$command.1"
while (($# > 0)); do
  if [[ "$1" == --out ]]; then mkdir -p "$2" && cp -r "$play/out/." "$2"; fi
  if [[ "$1" == --apply ]]; then cat "$2"/plan.tfplan >"$PLAYED/applied"; fi
  shift
done
cat "$play/stdout"
cat "$play/stderr" >&2
exit "$(cat "$play/code")"
`;

const gh = `#!/usr/bin/env bash
set -euo pipefail
echo "$*" >>"$PLAYED/gh-calls"
if [[ -f "$PLAYED/gh-refuses" ]]; then cat "$PLAYED/gh-refuses" >&2; exit 1; fi
if [[ "$2" == --paginate ]]; then cat "$PLAYED/gh-list"; exit 0; fi
sent="$PLAYED/sent.$(grep -c -- "--method" "$PLAYED/gh-calls")"
echo "$3 $4" >"$sent"
cat "$6" >>"$sent"
echo '{"id": 1}'
`;

export class PlayedRunner {
  readonly folder = mkdtempSync(join(tmpdir(), "runner-"));
  private readonly written = new Map<string, number>();

  constructor() {
    this.write("bin/npm", npm);
    this.write("bin/gh", gh);
    for (const name of ["npm", "gh"]) chmodSync(join(this.folder, "bin", name), 0o755);
    this.write("gh-list", "[[]]");
  }

  /** What the next call of a command does, and each after it unless more is played. */
  plays(command: string, { code = 0, stdout = "", stderr = "", out = {} }: Played): void {
    const nth = (this.written.get(command) ?? 0) + 1;
    this.written.set(command, nth);
    const play = `${command}.${nth}`;
    this.write(`${play}/code`, String(code));
    this.write(`${play}/stdout`, stdout);
    this.write(`${play}/stderr`, stderr);
    mkdirSync(join(this.folder, play, "out"), { recursive: true });
    for (const [name, text] of Object.entries(out)) this.write(`${play}/out/${name}`, text);
  }

  /** What GitHub lists, by page. */
  lists(...pages: readonly (readonly object[])[]): void {
    this.write("gh-list", JSON.stringify(pages));
  }

  githubRefuses(reason: string): void {
    this.write("gh-refuses", `${reason}\n`);
  }

  /** For what is called in this process. */
  get variables(): NodeJS.ProcessEnv {
    const path = `${join(this.folder, "bin")}:${process.env["PATH"] ?? ""}`;
    return {
      PATH: path,
      PLAYED: this.folder,
      PLAN: join(this.folder, "plan"),
      REPORT: join(this.folder, "report"),
      PACKED: join(this.folder, "plan.tar.gz.enc"),
      // Also where these tests run on GitHub.
      GITHUB_ACTIONS: "",
      GITHUB_OUTPUT: join(this.folder, "output"),
      GITHUB_ENV: join(this.folder, "env"),
      GITHUB_STEP_SUMMARY: join(this.folder, "step-summary"),
    };
  }

  /** Runs a script of the pipeline. */
  run(script: string, variables: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return run(join(root, "scripts/pipeline", script), [], {
      cwd: this.folder,
      env: cleanVariables({ ...this.variables, ...variables }),
    });
  }

  /** A repository in the runner's folder: scripts that are given its `GIT_DIR` read it instead of this one. */
  async repository(): Promise<{ readonly GIT_DIR: string }> {
    await this.git("init", "--quiet");
    return { GIT_DIR: join(this.folder, ".git") };
  }

  /** @returns the commit's id. */
  async commit(message: string): Promise<string> {
    await this.git("commit", "--quiet", "--allow-empty", "-m", message);
    return this.git("rev-parse", "HEAD");
  }

  async git(...args: readonly string[]): Promise<string> {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    const { code, stdout, stderr } = await run("git", [...identity, ...args], { cwd: this.folder });
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  /** Calls of npm so far, without `run --silent`. */
  get calls(): readonly string[] {
    return (this.read("calls") ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.replace("run --silent ", ""));
  }

  get sent(): readonly Sent[] {
    const found: Sent[] = [];
    for (let nth = 1; ; nth++) {
      const [first, ...content] = (this.read(`sent.${nth}`) ?? "").split("\n");
      if (!first) return found;
      const [method = "", path = ""] = first.split(" ");
      found.push({ method, path, content: JSON.parse(content.join("\n")) as Sent["content"] });
    }
  }

  read(name: string): string | undefined {
    const file = join(this.folder, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  write(name: string, text: string): void {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
