import { run } from "../../scripts/lib/process";
import { processesWith } from "../support/processes";

describe("a program that is run", () => {
  it("gives its output and its exit code", async () => {
    const outcome = await run("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"]);
    expect(outcome).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
  });

  it("takes with it what it leaves behind", async () => {
    const { code, stdout } = await run("/bin/sh", ["-c", "sleep 3071 & echo done"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "done\n" });
    expect(processesWith("sleep 3071")).toEqual([]);
  });

  it("ends when it is aborted, with the reason, and so do its children", async () => {
    const controller = new AbortController();
    const running = run("/bin/sh", ["-c", "sleep 3072 & sleep 3072"], { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("Another step failed.")), 300);
    await expect(running).rejects.toThrow("Another step failed.");
    expect(processesWith("sleep 3072")).toEqual([]);
  });

  it("that is not there ends with the shell's 127", async () => {
    const { code, stderr } = await run("/nowhere/terraform", []);
    expect(code).toBe(127);
    expect(stderr).toContain("/nowhere/terraform");
  });

  it("is not started when it was aborted before", async () => {
    const aborted = AbortSignal.abort(new Error("Interrupted."));
    await expect(run("/bin/sh", ["-c", "exit 0"], { signal: aborted })).rejects.toThrow("Interrupted.");
  });
});
