/**
 * A brand and where it stands in its workflow (document 000), and which transitions are allowed. Pure: each
 * function takes the brand as it is and gives the attributes that change, nothing when the brand shows the
 * call's effect already, or refuses.
 */

import { boundedText } from "../shared/bounded-text";
import { Refusal } from "../shared/refusal";
import type { Decision } from "../shared/versioned-table";

/** In the order of document 000. */
export const brandStatuses = ["unprocessed", "processing", "completed", "failed", "retry"] as const;
export type BrandStatus = (typeof brandStatuses)[number];

/** What the model wrote of a brand, checked (metadata.ts). */
export interface GeneratedMetadata {
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly categories: readonly string[];
}

/** As it is stored: with the model's id, and when it answered. */
export interface BrandMetadata extends GeneratedMetadata {
  readonly model: string;
  readonly generated_at: string;
}

export interface Brand {
  /** A whole number above zero. */
  readonly brandid: number;
  readonly brandname: string;
  readonly sector: string;
  readonly status: BrandStatus;
  readonly created_at: string;
  readonly updated_at: string;
  /** Execution that last claimed the brand. */
  readonly workflow_execution_arn: string | null;
  /** How often it was tried again: the first attempt has 0. */
  readonly retry_count: number;
  readonly last_error: string | null;
  readonly metadata?: BrandMetadata;
}

/** Times that a brand may be tried again: no function takes a higher limit. */
export const highestRetryLimit = 100;

/** An execution, and which attempt it is. */
export interface Claim {
  readonly execution: string;
  readonly attempt: number;
}

/** The attempt that the next claim begins, or the present one is. The first is 1. */
export const attemptOf = ({ retry_count }: Brand): number => retry_count + 1;

/**
 * Names the execution of a brand's attempt; the same attempt always has the same name, which Step Functions
 * takes once (AWS: StartExecution, "unique for 90 days"). The time of creation is in it for a brand that is
 * deleted and populated anew within these days.
 */
export function executionName(brand: Brand): string {
  const created = brand.created_at.replaceAll(/[^0-9A-Za-z]/g, "").slice(0, 20);
  return `brand-${brand.brandid}-attempt-${attemptOf(brand)}-${created}`;
}

/**
 * Takes the brand for an execution. An execution of an older attempt, which was given up, comes too late.
 *
 * @throws Refusal `conflict` when the brand is not to be had by this execution.
 */
export function claim(brand: Brand, { execution, attempt }: Claim): Decision<Brand> {
  if (attempt !== attemptOf(brand)) {
    throw conflict(`Attempt ${attempt} is over: the brand is at attempt ${attemptOf(brand)}.`);
  }
  switch (brand.status) {
    case "unprocessed":
    case "retry":
      return { status: "processing", workflow_execution_arn: execution };
    case "processing":
      if (brand.workflow_execution_arn === execution) return undefined;
      throw conflict("The brand is processing in another execution.");
    case "completed":
    case "failed":
      throw conflict(`The brand is ${brand.status}.`);
  }
}

/** @throws Refusal `conflict` when the brand is not this execution's. */
export function complete(brand: Brand, execution: string, metadata: BrandMetadata): Decision<Brand> {
  if (isOf(brand, execution) && brand.status === "completed") return undefined;
  refuseOthers(brand, execution);
  return { status: "completed", metadata, last_error: null };
}

/** @throws Refusal `conflict` when the brand is not this execution's. */
export function fail(brand: Brand, execution: string, error: string): Decision<Brand> {
  if (isOf(brand, execution) && brand.status === "failed") return undefined;
  refuseOthers(brand, execution);
  return { status: "failed", last_error: boundedText(error) };
}

/**
 * Lets a failed brand be tried again.
 *
 * @param mostRetries how often a brand may be tried again.
 * @throws Refusal `conflict` when it has not failed, or has no retry left.
 */
export function retry(brand: Brand, mostRetries: number): Decision<Brand> {
  if (brand.status === "retry") return undefined;
  if (brand.status !== "failed")
    throw conflict(`The brand is ${brand.status}: only a failed one is retried.`);
  if (brand.retry_count >= mostRetries) {
    throw conflict(`The brand was retried ${brand.retry_count} times; ${mostRetries} is the limit.`);
  }
  return { status: "retry", retry_count: brand.retry_count + 1 };
}

/**
 * Gives up the attempt of a brand whose execution is dead, which only the sweeper finds out: another attempt
 * follows, while there is one left.
 *
 * @param seen the brand's execution that is dead; nothing changes when another one has claimed it since.
 */
export function giveUp(
  brand: Brand,
  seen: string | null,
  reason: string,
  mostRetries: number,
): Decision<Brand> {
  if (brand.status !== "processing" || brand.workflow_execution_arn !== seen) return undefined;
  const last_error = boundedText(reason);
  return brand.retry_count >= mostRetries
    ? { status: "failed", last_error }
    : { status: "retry", retry_count: brand.retry_count + 1, last_error };
}

const isOf = (brand: Brand, execution: string): boolean => brand.workflow_execution_arn === execution;

function refuseOthers(brand: Brand, execution: string): void {
  if (!isOf(brand, execution)) throw conflict("The brand is another execution's.");
  if (brand.status !== "processing") throw conflict(`The brand is ${brand.status}, no longer processing.`);
}

const conflict = (message: string) => new Refusal("conflict", message);
