import { loadPipeline } from "../../../stacks/bootstrap/settings";

describe("the settings of the pipeline", () => {
  it("are none where no repository is named", () => {
    expect(loadPipeline("dev", {})).toBeUndefined();
  });

  it("are the main branch and a provider of our own by default", () => {
    expect(loadPipeline("dev", { DEV_PIPELINE_REPOSITORY: "acme/dynamodb-layer" })).toEqual({
      repository: "acme/dynamodb-layer",
      branch: "main",
      provider: "own",
    });
  });

  it.each([
    "acme",
    "acme/*",
    "*/dynamodb-layer",
    "acme/dynamodb-layer:environment:prod",
    "https://github.com/acme/dynamodb-layer",
    "acme@12/dynamodb-layer",
    "acme/dynamodb?layer",
    "acme/dynamodb-layer\n",
  ])("refuse %j as a repository", (repository) => {
    expect(() => loadPipeline("prod", { PROD_PIPELINE_REPOSITORY: repository })).toThrow(
      "PROD_PIPELINE_REPOSITORY must be a GitHub repository, owner/name",
    );
  });

  it("refuse a branch with a wildcard", () => {
    const variables = { DEV_PIPELINE_REPOSITORY: "acme/dynamodb-layer", DEV_PIPELINE_BRANCH: "release/*" };
    expect(() => loadPipeline("dev", variables)).toThrow("DEV_PIPELINE_BRANCH must be a branch's name");
  });

  it("refuse what belongs to a pipeline that is not named", () => {
    expect(() => loadPipeline("dev", { DEV_PIPELINE_PROVIDER: "existing" })).toThrow(
      "DEV_PIPELINE_PROVIDER needs DEV_PIPELINE_REPOSITORY",
    );
  });
});
