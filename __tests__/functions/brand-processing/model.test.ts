/** Which transitions a brand may make (document 000), by every status and every call. */

import {
  brandStatuses,
  claim,
  complete,
  executionName,
  fail,
  giveUp,
  retry,
  type Brand,
  type BrandStatus,
} from "../../../functions/brand-processing/model";
import { readBrand } from "../../../functions/brand-processing/store";
import { Refusal } from "../../../functions/shared/refusal";
import { textLimitBytes } from "../../../functions/shared/bounded-text";
import type { Decision } from "../../../functions/shared/versioned-table";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { itemProblems } from "../../../tables/item";
import { brandItem, coffee, executionArn } from "../../support/brands";

const own = executionArn("brand-12345-attempt-1-20260215T120000Z");
const other = executionArn("brand-12345-attempt-2-20260215T120000Z");

/** What a call makes of a brand: the changes, `same` for none, or `refused`. */
function outcome(decide: () => Decision<Brand>): object | "same" | "refused" {
  try {
    return decide() ?? "same";
  } catch (error) {
    expect(error).toMatchObject({ name: "Refusal", code: "conflict" });
    return "refused";
  }
}

describe("the document's item", () => {
  it("is an item of the table, and read attribute for attribute", () => {
    const document = {
      brandid: 12345,
      brandname: "Starbucks",
      sector: "Food & Beverage",
      status: "unprocessed",
      created_at: "2026-02-15T12:00:00Z",
      updated_at: "2026-02-15T12:00:00Z",
      workflow_execution_arn: null,
      retry_count: 0,
      last_error: null,
    };
    expect(brandProcessingStatus.example).toEqual(document);
    expect(readBrand(document)).toEqual(document);
    const { metadata, ...attributes } = brandProcessingStatus.attributes;
    expect(metadata).toMatchObject({ type: "M", optional: true });
    expect(Object.keys(attributes)).toEqual(Object.keys(document));
  });

  it("has the five statuses, and no other", () => {
    expect(brandStatuses).toEqual(["unprocessed", "processing", "completed", "failed", "retry"]);
    expect(brandProcessingStatus.attributes.status.values).toEqual(brandStatuses);
    for (const status of ["done", "Unprocessed", "", "constructor"]) {
      expect(itemProblems(brandProcessingStatus, { ...brandProcessingStatus.example, status })).toHaveLength(
        1,
      );
    }
  });
});

type Expected = Readonly<Record<BrandStatus, object | "same" | "refused">>;

const calls: Readonly<Record<string, { call: (brand: Brand) => Decision<Brand>; expected: Expected }>> = {
  "a claim": {
    call: (brand) => claim(brand, { execution: own, attempt: 1 }),
    expected: {
      unprocessed: { status: "processing", workflow_execution_arn: own },
      retry: { status: "processing", workflow_execution_arn: own },
      processing: "same",
      completed: "refused",
      failed: "refused",
    },
  },
  "a claim of another attempt": {
    call: (brand) => claim(brand, { execution: own, attempt: 2 }),
    expected: {
      unprocessed: "refused",
      retry: "refused",
      processing: "refused",
      completed: "refused",
      failed: "refused",
    },
  },
  "a completion": {
    call: (brand) => complete(brand, own, coffee),
    expected: {
      unprocessed: "refused",
      retry: "refused",
      processing: { status: "completed", metadata: coffee, last_error: null },
      completed: "same",
      failed: "refused",
    },
  },
  "a failure": {
    call: (brand) => fail(brand, own, "AnswerRefused: The model's answer is not JSON."),
    expected: {
      unprocessed: "refused",
      retry: "refused",
      processing: { status: "failed", last_error: "AnswerRefused: The model's answer is not JSON." },
      completed: "refused",
      failed: "same",
    },
  },
  "a retry": {
    call: (brand) => retry(brand, 3),
    expected: {
      unprocessed: "refused",
      retry: "same",
      processing: "refused",
      completed: "refused",
      failed: { status: "retry", retry_count: 1 },
    },
  },
  "a retry when none is left": {
    call: (brand) => retry(brand, 0),
    expected: {
      unprocessed: "refused",
      retry: "same",
      processing: "refused",
      completed: "refused",
      failed: "refused",
    },
  },
  "giving up": {
    call: (brand) => giveUp(brand, own, "It died.", 3),
    expected: {
      unprocessed: "same",
      retry: "same",
      processing: { status: "retry", retry_count: 1, last_error: "It died." },
      completed: "same",
      failed: "same",
    },
  },
  "giving up the last attempt": {
    call: (brand) => giveUp(brand, own, "It died.", 0),
    expected: {
      unprocessed: "same",
      retry: "same",
      processing: { status: "failed", last_error: "It died." },
      completed: "same",
      failed: "same",
    },
  },
};

describe.each(Object.entries(calls))("%s", (_, { call, expected }) => {
  it.each(brandStatuses)("of a brand that is %s", (status) => {
    const brand = brandItem({ status, workflow_execution_arn: own });
    expect(outcome(() => call(brand))).toEqual(expected[status]);
  });
});

describe("another execution's brand", () => {
  const brand = brandItem({ status: "processing", workflow_execution_arn: other });
  it.each([
    ["is not claimed", () => claim(brand, { execution: own, attempt: 1 })],
    ["is not completed", () => complete(brand, own, coffee)],
    ["does not fail", () => fail(brand, own, "It failed.")],
  ])("%s", (_, decide) => {
    expect(outcome(decide)).toBe("refused");
  });

  it("is not given up for one that was seen before", () => {
    expect(giveUp(brand, own, "It died.", 3)).toBeUndefined();
    expect(giveUp(brand, null, "It died.", 3)).toBeUndefined();
  });
});

it("a refusal says where the brand stands", () => {
  expect(() => retry(brandItem({ status: "completed" }), 3)).toThrow(
    new Refusal("conflict", "The brand is completed: only a failed one is retried."),
  );
});

it("an error is kept within its bound", () => {
  const brand = brandItem({ status: "processing", workflow_execution_arn: own });
  const { last_error = "" } = fail(brand, own, "€".repeat(100_000)) ?? {};
  expect(Buffer.byteLength(last_error ?? "")).toBeLessThanOrEqual(textLimitBytes);
});

describe("the name of an execution", () => {
  it("is the same for the same attempt, and another for the next one", () => {
    expect(executionName(brandItem())).toBe("brand-12345-attempt-1-20260215T120000Z");
    expect(executionName(brandItem({ retry_count: 1 }))).toBe("brand-12345-attempt-2-20260215T120000Z");
  });

  it("is another one for a brand that was deleted and populated anew", () => {
    const anew = brandItem({ created_at: "2026-03-01T08:30:00.000Z" });
    expect(executionName(anew)).toBe("brand-12345-attempt-1-20260301T083000000Z");
  });

  it("is one that Step Functions takes, whatever another program has written", () => {
    const odd = brandItem({
      brandid: Number.MAX_SAFE_INTEGER,
      retry_count: Number.MAX_SAFE_INTEGER - 1,
      created_at: "2026-03-01 08:30:00 <script>*?#%/\\ and much more".repeat(10),
    });
    expect(executionName(odd)).toMatch(/^[A-Za-z0-9-]{1,80}$/);
  });
});
