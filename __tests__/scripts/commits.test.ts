import { currentCommit, resolveCommit } from "../../scripts/lib/commits";
import { CouldNotTell } from "../../scripts/lib/errors";

it("the commit that is checked out is named in full", async () => {
  const { commit } = await currentCommit();
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(await resolveCommit(commit.slice(0, 12))).toBe(commit);
});

it.each(["no-such-branch", "--upload-pack=touch x", "HEAD:README.md"])(
  "%j is no commit, and is told how to get one",
  async (name) => {
    await expect(resolveCommit(name)).rejects.toThrow(CouldNotTell);
    await expect(resolveCommit(name)).rejects.toThrow("git fetch --unshallow");
  },
);
