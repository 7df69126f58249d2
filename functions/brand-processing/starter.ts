/** Begins the workflow of brands: each attempt once, whoever asks for it and how often. */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { systemClock, type Clock } from "../shared/clock";
import { documentClient } from "../shared/document-client";
import { inParallel } from "../shared/in-parallel";
import { Refusal } from "../shared/refusal";
import { Brands } from "./brands";
import type { Executions } from "./executions";
import { attemptOf, claim, executionName, giveUp, retry, type Brand } from "./model";
import { brandTable, isBrandId, type BrandTable } from "./store";

export type StartOutcome =
  | { readonly outcome: "started"; readonly brand: Brand; readonly execution: string }
  /** It was already; its execution runs. */
  | { readonly outcome: "processing"; readonly brand: Brand }
  /** Processing, but its execution is over: the sweeper will retry it. */
  | { readonly outcome: "stale"; readonly brand: Brand }
  | { readonly outcome: "completed"; readonly brand: Brand }
  | { readonly outcome: "out-of-retries"; readonly brand: Brand }
  | { readonly outcome: "missing"; readonly brandid: number };

/** One of many: its trouble does not keep the others from starting. */
export type BulkOutcome =
  StartOutcome | { readonly outcome: "trouble"; readonly brandid: number; readonly error: unknown };

export interface StarterProps {
  /** Physical name of the table: `brand_processing_status_<env>`. */
  readonly tableName: string;
  readonly executions: Executions;
  /** How often a failed brand may be tried again. */
  readonly mostRetries: number;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}

export interface BulkOptions {
  /** What is begun; unprocessed brands and those that wait for another attempt by default. */
  readonly statuses?: readonly ("unprocessed" | "retry")[];
  /** Asked before each brand; true begins no further one. */
  readonly isOver?: () => boolean;
}

/** Starts that run at once: each is two calls to the table and one to Step Functions. */
const atOnce = 10;

const missing = "There is no such brand.";

/** Of an attempt that another one takes the place of: Step Functions takes its name no second time. */
const usedUp = "The brand was put back when the execution of this attempt was over already.";

/**
 * @example
 * const starter = new Starter({ tableName, executions, mostRetries: 3 });
 * const { outcome } = await starter.start(12345);
 */
export class Starter {
  private readonly brands: Brands;
  private readonly table: BrandTable;
  private readonly executions: Executions;
  private readonly mostRetries: number;

  constructor(props: StarterProps) {
    const { tableName, executions, mostRetries, client = documentClient(), clock = systemClock } = props;
    this.brands = new Brands({ tableName, client, clock });
    this.table = brandTable({ client, name: tableName, clock });
    this.executions = executions;
    this.mostRetries = mostRetries;
  }

  /**
   * Starts a brand that is not at work and not done. Repeated, also after a crash halfway, it begins nothing
   * twice.
   *
   * @throws Refusal `contended` or `throttled`; what DynamoDB or Step Functions throw beside.
   */
  async start(brandid: number): Promise<StartOutcome> {
    if (!isBrandId(brandid)) return { outcome: "missing", brandid };
    try {
      return await this.begin(brandid);
    } catch (error) {
      if (error instanceof Refusal && error.code === "not-found") return { outcome: "missing", brandid };
      throw error;
    }
  }

  /**
   * Starts brands, oldest change first.
   *
   * @param limit from 1 to 100.
   */
  async startAll(limit: number, options: BulkOptions = {}): Promise<readonly BulkOutcome[]> {
    const { statuses = ["unprocessed", "retry"], isOver } = options;
    const lists = await Promise.all(statuses.map((status) => this.brands.list(status, limit)));
    const oldestFirst = lists
      .flatMap(({ brands }) => brands)
      .sort((one, other) => (one.updated_at < other.updated_at ? -1 : 1));
    // One that changes its status between the two queries is in both.
    const ids = [...new Set(oldestFirst.map(({ brandid }) => brandid))].slice(0, limit);
    const start = (brandid: number): Promise<BulkOutcome> =>
      this.start(brandid).catch((error: unknown) => ({ outcome: "trouble", brandid, error }));
    return inParallel(ids, atOnce, start, isOver);
  }

  private async begin(brandid: number): Promise<StartOutcome> {
    let hasClaimed = false;
    const brand = await this.table.change(brandid, missing, (found) => {
      hasClaimed = false;
      if (found.status !== "unprocessed" && found.status !== "retry") return undefined;
      if (this.isPastLimit(found)) return undefined;
      hasClaimed = true;
      return claim(found, { execution: this.executionOf(found), attempt: attemptOf(found) });
    });
    switch (brand.status) {
      case "processing":
        return this.execute(brand, hasClaimed);
      case "completed":
        return { outcome: "completed", brand };
      case "failed":
        return this.tryAgain(brand);
      case "unprocessed":
      case "retry":
        if (this.isPastLimit(brand)) return { outcome: "out-of-retries", brand };
        throw new Refusal("contended", "The brand changes while it is started. Try again.");
    }
  }

  private async tryAgain(failed: Brand): Promise<StartOutcome> {
    if (failed.retry_count >= this.mostRetries) return { outcome: "out-of-retries", brand: failed };
    // Another starter may have come first: then the brand is as that one left it.
    await this.table.change(failed.brandid, missing, (found) =>
      found.status === "failed" && found.retry_count < this.mostRetries
        ? retry(found, this.mostRetries)
        : undefined,
    );
    return this.begin(failed.brandid);
  }

  /** Also of a brand that was claimed before: whoever claimed it may have died before this call. */
  private async execute(brand: Brand, hasClaimed: boolean): Promise<StartOutcome> {
    const { brandid, workflow_execution_arn } = brand;
    const execution = this.executionOf(brand);
    if (workflow_execution_arn === null) return { outcome: "stale", brand };
    // Another program's execution, about which nobody here can ask: the sweeper takes it for dead when nothing has
    // changed for longer than an execution may last.
    if (workflow_execution_arn !== execution) return { outcome: "processing", brand };
    const started = await this.executions.start(executionName(brand), { brandid, attempt: attemptOf(brand) });
    if (started === "begun") {
      return hasClaimed ? { outcome: "started", brand, execution } : { outcome: "processing", brand };
    }
    return hasClaimed ? this.goOn(brand, execution) : { outcome: "stale", brand };
  }

  /**
   * With the next attempt of a brand that somebody has put back, whose present one has had its execution; when there
   * is none left, the brand ends as failed.
   */
  private async goOn({ brandid }: Brand, execution: string): Promise<StartOutcome> {
    await this.table.change(brandid, missing, (found) => giveUp(found, execution, usedUp, this.mostRetries));
    return this.begin(brandid);
  }

  /** Only what another program has written. */
  private isPastLimit({ retry_count }: Brand): boolean {
    return retry_count > this.mostRetries;
  }

  private executionOf(brand: Brand): string {
    return this.executions.arnOf(executionName(brand));
  }
}
