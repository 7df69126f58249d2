/** One comment, one issue: whatever else stands there. */

import { closeIssue, keepComment, keepIssue } from "../../../scripts/lib/pipeline/github";
import { CouldNotTell } from "../../../scripts/lib/errors";
import { PlayedRunner } from "../../support/played-runner";

const repository = "example/dynamodb-layer";
const marker = "<!-- dynamodb-layer: plan -->";
const bot = { login: "github-actions[bot]" };
const ours = { id: 42, number: 7, body: `${marker}\n\nOld`, user: bot };
const others = [
  { id: 1, number: 1, body: null, user: null },
  { id: 2, number: 2, body: `${marker} I quote it`, user: { login: "octocat" } },
  { id: 3, number: 3, body: `> ${marker}`, user: bot },
];
const comment = { marker, body: `${marker}\n\nNew` };

let runner: PlayedRunner;
const before = { ...process.env };
beforeEach(() => {
  runner = new PlayedRunner();
  Object.assign(process.env, runner.variables);
});
afterEach(() => {
  process.env = { ...before };
  runner.remove();
});

it("the first comment is created, beside those of people who quote its marker", async () => {
  runner.lists(others);
  expect(await keepComment(repository, "17", comment)).toBe("created");
  expect(runner.sent).toEqual([
    { method: "POST", path: `repos/${repository}/issues/17/comments`, content: { body: comment.body } },
  ]);
});

it("a later one is written over it, on whatever page it stands", async () => {
  runner.lists(others, [ours]);
  expect(await keepComment(repository, "17", comment)).toBe("updated");
  expect(runner.sent).toEqual([
    { method: "PATCH", path: `repos/${repository}/issues/comments/42`, content: { body: comment.body } },
  ]);
});

it("an issue is opened, updated and closed; a pull request with its marker is none", async () => {
  const issue = { marker, title: "Drift", body: comment.body };
  runner.lists([...others, { ...ours, pull_request: {} }]);
  expect(await keepIssue(repository, issue)).toBe("opened");
  expect(await closeIssue(repository, { marker, because: "Gone." })).toBe("none open");
  runner.lists(others, [ours]);
  expect(await keepIssue(repository, issue)).toBe("updated");
  expect(await closeIssue(repository, { marker, because: "Gone." })).toBe("closed");
  const { title, body } = issue;
  expect(runner.sent).toEqual([
    { method: "POST", path: `repos/${repository}/issues`, content: { title, body } },
    { method: "PATCH", path: `repos/${repository}/issues/7`, content: { title, body } },
    { method: "POST", path: `repos/${repository}/issues/7/comments`, content: { body: "Gone." } },
    { method: "PATCH", path: `repos/${repository}/issues/7`, content: { state: "closed" } },
  ]);
});

it("what GitHub refuses is told, and is no answer", async () => {
  runner.githubRefuses("gh: Resource not accessible by integration (HTTP 403)");
  await expect(keepComment(repository, "17", comment)).rejects.toThrow(
    new CouldNotTell("GitHub did not do it: gh: Resource not accessible by integration (HTTP 403)"),
  );
});
