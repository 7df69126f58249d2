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

  describe("to a commit", () => {
    it("returns services and tables to one of the branch, by its id, and needs no backup", async () => {
      const git = await runner.repository();
      const earlier = await runner.commit("Earlier");
      await runner.git("tag", "v1");
      await runner.commit("Now");
      runner.plays("rollback", {});
      for (const STACK of ["trade-status-services-prod", "trade-status-tables-prod"]) {
        const form = { ...services, ...git, STACK, COMMIT: "v1", BACKUP: "on-demand" };
        expect((await runner.run("rollback.sh", form)).code).toBe(0);
        expect(runner.calls.at(-1)).toBe(`rollback -- --env prod ${STACK} --to=${earlier} --dry-run`);
      }
    });

    it("builds nothing that was not merged: exit 2", async () => {
      const git = await runner.repository();
      await runner.commit("Now");
      await runner.git("checkout", "--quiet", "-b", "proposal");
      await runner.commit("Not reviewed");
      await runner.git("checkout", "--quiet", "-");
      for (const [COMMIT, sentence] of [
        ["proposal", "proposal is no earlier commit of this branch"],
        ["v9", "There is no commit v9 in this clone."],
      ] as const) {
        const { code, stderr } = await runner.run("rollback.sh", { ...services, ...git, COMMIT });
        expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) as string });
      }
      expect(runner.calls).toEqual([]);
    });
  });

  it("ends as the rollback does", async () => {
    runner.plays("rollback", { code: 1 });
    expect((await runner.run("rollback.sh", services)).code).toBe(1);
  });
});
