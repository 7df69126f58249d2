/** The rollback from a form: what it calls, and what it lets nobody write into that call. */

import { PlayedRunner } from "../../support/played-runner";

let runner: PlayedRunner;
beforeEach(() => (runner = new PlayedRunner()));
afterEach(() => runner.remove());

describe("rollback.sh", () => {
  const services = {
    ENVIRONMENT: "prod",
    STACK: "trade-status-services-prod",
    REASON: "Errors since 14:10",
    MODE: "preview",
  };

  it.each([
    ["shows what it would do", {}, "--env prod trade-status-services-prod --dry-run"],
    ["rolls back", { MODE: "apply" }, "--env prod trade-status-services-prod --yes"],
    [
      "returns to a commit, and needs no backup of services",
      { COMMIT: "88f8879", BACKUP: "on-demand" },
      "--env prod trade-status-services-prod --to=88f8879 --dry-run",
    ],
    [
      "backs up and destroys tables of dev",
      {
        ENVIRONMENT: "dev",
        STACK: "agent-matching-tables-dev",
        TABLES: "agent-profiles",
        BACKUP: "on-demand",
      },
      "--env dev agent-matching-tables-dev --table=agent-profiles --backup=on-demand --dry-run",
    ],
  ])("%s", async (_, more, args) => {
    runner.plays("rollback", {});
    const { code, stderr } = await runner.run("rollback.sh", { ...services, ...more });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(runner.calls).toEqual([`rollback -- ${args}`]);
  });

  it.each([
    [{ STACK: "--yes" }, "STACK must be"],
    [{ STACK: "trade-status-services-prod --yes" }, "STACK must be"],
    [{ COMMIT: "--upload-pack=x" }, "COMMIT must be"],
    [{ TABLES: "agent-profiles;reboot" }, "TABLES must be"],
    [{ BACKUP: "none" }, "BACKUP must be"],
    [{ REASON: " \n" }, "REASON must say why"],
    [{ MODE: "" }, "MODE must be"],
    [{ STACK: "trade-status-tables-prod" }, "by a person with their own credentials"],
  ])("refuses %j: exit 2, and nothing is called", async (more, sentence) => {
    const { code, stderr } = await runner.run("rollback.sh", { ...services, ...more });
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(runner.calls).toEqual([]);
  });

  it("ends as the rollback does", async () => {
    runner.plays("rollback", { code: 1 });
    expect((await runner.run("rollback.sh", services)).code).toBe(1);
  });
});
