/** The steps of the workflow that change a brand's status. What another execution has decided is an answer. */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { boundedText } from "../shared/bounded-text";
import { systemClock, type Clock } from "../shared/clock";
import { documentClient } from "../shared/document-client";
import { Refusal } from "../shared/refusal";
import { failureText } from "./failure-text";
import type { Subject } from "./metadata";
import { claim, complete, fail, type Brand } from "./model";
import { brandTable, type BrandTable } from "./store";
import type { Step } from "./workflow-calls";

export type Claimed =
  { readonly claimed: true; readonly brand: Subject } | { readonly claimed: false; readonly brand: null };

/** Whether the brand shows what the execution has found out; not when it is another one's by now. */
export interface Marked {
  readonly marked: boolean;
}

export interface StepsProps {
  /** Physical name of the table: `brand_processing_status_<env>`. */
  readonly tableName: string;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}

const missing = "There is no such brand.";

/** Each step repeated gives the same answer and changes nothing, save the time of a claim. */
export class Steps {
  private readonly table: BrandTable;

  constructor({ tableName, client = documentClient(), clock = systemClock }: StepsProps) {
    this.table = brandTable({ client, name: tableName, clock });
  }

  /**
   * Writes also when the starter has claimed the brand for this execution: its time moves, by which the sweeper sees
   * that the execution lives.
   *
   * @throws Refusal `contended`.
   */
  async claim({ brandid, attempt, execution }: Step<"claim">): Promise<Claimed> {
    const brand = await orRefused(
      this.table.change(brandid, missing, (found) => claim(found, { execution, attempt }) ?? {}),
    );
    if (brand === undefined) return { claimed: false, brand: null };
    const [brandname, sector] = [boundedText(brand.brandname), boundedText(brand.sector)];
    return { claimed: true, brand: { brandid, brandname, sector } };
  }

  /** @throws Refusal `contended`. */
  async complete({ brandid, execution, metadata }: Step<"complete">): Promise<Marked> {
    return marked(this.table.change(brandid, missing, (found) => complete(found, execution, metadata)));
  }

  /** @throws Refusal `contended`. */
  async fail({ brandid, execution, error }: Step<"fail">): Promise<Marked> {
    const text = failureText(error);
    return marked(this.table.change(brandid, missing, (found) => fail(found, execution, text)));
  }
}

const marked = async (change: Promise<Brand>): Promise<Marked> => ({
  marked: (await orRefused(change)) !== undefined,
});

/** Nothing when the brand is gone, or is not this execution's. */
const orRefused = (change: Promise<Brand>): Promise<Brand | undefined> =>
  change.catch((error: unknown) => {
    if (error instanceof Refusal && !error.isPassing) return undefined;
    throw error;
  });
