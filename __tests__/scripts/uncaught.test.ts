import { spawn } from "node:child_process";
import { root } from "../../scripts/lib/paths";

it("a script whose progress nobody reads any more comes to its end all the same", async () => {
  const work = `
    require("./scripts/lib/uncaught.ts");
    let steps = 0;
    const timer = setInterval(() => {
      process.stderr.write("a step\\n");
      if ((steps += 1) < 5) return;
      clearInterval(timer);
      console.log("the protection is on again");
    }, 50);
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "-e", work], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stderr.once("data", () => child.stderr.destroy());
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, printed }).toEqual({ code: 0, printed: "the protection is on again\n" });
});
