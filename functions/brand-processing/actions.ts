/**
 * What the agent can do with brands. Every answer is JSON: `outcome` for the model to go by, `message` for it to
 * relay, and the data. No text of a brand gets into a message.
 */

import { fitting } from "../shared/answer-size";
import { asRefusal } from "../shared/http";
import { startDeadline } from "../shared/deadline";
import type { BrandCount, Brands } from "./brands";
import { brandStatuses, type Brand, type BrandStatus } from "./model";
import type { BulkOutcome, Starter, StartOutcome } from "./starter";
import { detailsOf, lineOf } from "./view";

export type Answer = Readonly<Record<string, unknown>> & {
  readonly outcome: string;
  readonly message: string;
};

/**
 * Bytes of a list, in an answer that Bedrock takes up to 25 KB of (AWS: "Configure Lambda functions to send
 * information that an Amazon Bedrock agent elicits from the user", response event); the rest is the message's and
 * the envelope's.
 */
const listBytes = 20_000;
/** Brands of a call that names no limit. */
export const ordinaryBrands = 25;

export interface ActionsProps {
  readonly brands: Pick<Brands, "find" | "list" | "count">;
  readonly starter: Pick<Starter, "start" | "startAll">;
  /** Hears of what kept a brand from starting, when nobody expected it. */
  readonly onTrouble: (error: unknown) => void;
}

export class Actions {
  constructor(private readonly props: ActionsProps) {}

  async list(call: {
    readonly status: readonly BrandStatus[];
    readonly limit?: number | undefined;
  }): Promise<Answer> {
    const { status: statuses, limit = ordinaryBrands } = call;
    const { brands: reader } = this.props;
    const lists = await Promise.all(statuses.map((status) => reader.list(status, limit)));
    const found = lists.flatMap(({ brands }) => brands).sort(byChange);
    const brands = fitting(found.slice(0, limit), lineOf, listBytes).map(lineOf);
    const isWhole = brands.length === found.length && lists.every(({ more }) => !more);
    const total = isWhole ? { count: brands.length, exact: true } : await this.countOf(statuses);
    // Counted a moment later: brands may have changed in between.
    const more = isWhole ? 0 : Math.max(total.count - brands.length, 1);
    const named = `with the status ${statuses.join(" or ")}`;
    const shown = brands.length === 0 ? "There is no brand" : `${are(brands.length)} shown`;
    return {
      outcome: "listed",
      message:
        `${shown} ${named}` +
        (more === 0
          ? "."
          : `, those that changed longest ago; ${total.exact ? "" : "at least "}${are(more)} not shown.`),
      status: statuses,
      brands,
      more,
      moreIsExact: total.exact,
    };
  }

  async get({ brandid }: { readonly brandid: number }): Promise<Answer> {
    const brand = await this.props.brands.find(brandid);
    return brand === undefined
      ? missing(brandid)
      : { outcome: "found", message: describe(brand), brand: detailsOf(brand) };
  }

  async start({ brandid }: { readonly brandid: number }): Promise<Answer> {
    return answerOf(await this.props.starter.start(brandid));
  }

  /** Starts what waits for its first or another attempt, oldest change first. */
  async startUnprocessed({
    limit = ordinaryBrands,
  }: {
    readonly limit?: number | undefined;
  }): Promise<Answer> {
    const outcomes = await this.props.starter.startAll(limit, { isOver: startDeadline() });
    for (const one of outcomes) {
      if (one.outcome === "trouble" && asRefusal(one.error) === undefined) this.props.onTrouble(one.error);
    }
    const started = idsOf(outcomes, (outcome) => outcome === "started");
    const failed = idsOf(outcomes, (outcome) => outcome === "trouble");
    // Begun or ended by someone else since they were listed.
    const skipped = idsOf(outcomes, (outcome) => outcome !== "started" && outcome !== "trouble");
    const waiting = await this.stillWaiting();
    const sentences = [
      begunSentence(started.length, outcomes.length, waiting),
      ...(skipped.length > 0 ? [`${are(skipped.length)} at work or done already.`] : []),
      ...(failed.length > 0
        ? [
            // One that was claimed no longer waits: by its number alone its execution is begun again.
            `${brandCount(failed.length)} could not be started: start ${failed.length === 1 ? "it" : "each"} by its ` +
              "number in a minute.",
          ]
        : []),
      ...waitingSentence(waiting),
    ];
    return {
      outcome: started.length > 0 ? "started" : failed.length > 0 ? "failed" : "nothing to start",
      message: sentences.join(" "),
      started,
      skipped,
      failed,
      waiting: waiting?.count ?? null,
      waitingIsExact: waiting?.exact ?? false,
    };
  }

  async count(): Promise<Answer> {
    const counted = await Promise.all(
      brandStatuses.map(async (status) => ({ status, ...(await this.props.brands.count(status)) })),
    );
    const parts = counted.map(
      ({ status, count, exact }) => `${exact ? "" : "at least "}${number(count)} ${status}`,
    );
    return {
      outcome: "counted",
      message: `Brands by status: ${parts.join(", ")}.`,
      counts: Object.fromEntries(counted.map(({ status, count }) => [status, count])),
      countsAreExact: counted.every(({ exact }) => exact),
    };
  }

  /** Nothing when it is not known: what was started has to be told all the same. */
  private async stillWaiting(): Promise<BrandCount | undefined> {
    try {
      return await this.countOf(["unprocessed", "retry"]);
    } catch (error) {
      if (asRefusal(error) === undefined) this.props.onTrouble(error);
      return undefined;
    }
  }

  private async countOf(statuses: readonly BrandStatus[]): Promise<BrandCount> {
    const counts = await Promise.all(statuses.map((status) => this.props.brands.count(status)));
    return {
      count: counts.reduce((sum, { count }) => sum + count, 0),
      exact: counts.every(({ exact }) => exact),
    };
  }
}

function begunSentence(started: number, tried: number, waiting: BrandCount | undefined): string {
  if (tried > 0) return `The ${workflows(started)} started.`;
  return waiting?.count === 0
    ? "No brand waits to be started."
    : "No workflow was started: either none waited, or the time was over. Try again in a minute.";
}

function waitingSentence(waiting: BrandCount | undefined): readonly string[] {
  if (waiting === undefined) return ["How many brands still wait is not known: count_brands tells it later."];
  if (waiting.count === 0) return [];
  return [`${waiting.exact ? "" : "At least "}${brandCount(waiting.count)} still wait.`];
}

const byChange = (one: Brand, other: Brand): number => (one.updated_at < other.updated_at ? -1 : 1);

const idsOf = (
  outcomes: readonly BulkOutcome[],
  isOf: (outcome: BulkOutcome["outcome"]) => boolean,
): readonly number[] =>
  outcomes
    .filter(({ outcome }) => isOf(outcome))
    .map((one) => ("brand" in one ? one.brand.brandid : one.brandid));

function answerOf(result: StartOutcome): Answer {
  if (result.outcome === "missing") return missing(result.brandid);
  const { outcome, brand } = result;
  return { outcome, message: startMessage(result), brand: lineOf(brand) };
}

function startMessage({ outcome, brand }: Exclude<StartOutcome, { outcome: "missing" }>): string {
  const name = `Brand ${brand.brandid}`;
  switch (outcome) {
    case "started":
      return `The workflow of brand ${brand.brandid} has started. Ask for its status in a minute or two.`;
    case "processing":
      // This call may have begun the execution of a brand that was claimed before.
      return `${name} is being processed already: no second execution was started. Ask for its status in a minute or two.`;
    case "stale":
      return (
        `${name} is marked as processing, but its execution is over. The sweeper clears that within minutes: ` +
        "start it again then."
      );
    case "completed":
      return `${name} is completed already: nothing was started. get_brand shows its metadata.`;
    case "out-of-retries":
      return (
        `${name} has failed and was retried ${times(brand.retry_count)}, which is the limit: nothing was started. ` +
        "Someone has to look at its last_error first."
      );
  }
}

const missing = (brandid: number): Answer => ({
  outcome: "missing",
  message:
    `There is no brand ${brandid}. Check the number with the user; a brand that is new in the check table is ` +
    "there after the next population.",
  brandid,
});

function describe({ brandid, status, retry_count }: Brand): string {
  const name = `Brand ${brandid}`;
  switch (status) {
    case "unprocessed":
      return `${name} is unprocessed: its workflow was not started yet.`;
    case "processing":
      return `${name} is being processed: attempt ${retry_count + 1}.`;
    case "completed":
      return `${name} is completed; its metadata is in the answer.`;
    case "failed":
      return `${name} has failed${retry_count > 0 ? `, also when it was retried ${times(retry_count)}` : ""}; last_error says why.`;
    case "retry":
      return `${name} waits to be tried again: attempt ${retry_count + 1}.`;
  }
}

const number = (value: number): string => value.toLocaleString("en-US");
const brandCount = (count: number): string => `${number(count)} ${count === 1 ? "brand" : "brands"}`;
const are = (count: number): string => `${brandCount(count)} ${count === 1 ? "is" : "are"}`;
const workflows = (count: number): string =>
  count === 1 ? "workflow of 1 brand has" : `workflows of ${brandCount(count)} have`;
const times = (count: number): string => (count === 1 ? "once" : `${count} times`);
