/** Finds brands whose execution has died, and begins the attempts that wait. */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { isBefore, isoTime, isTime, systemClock, type Clock } from "../shared/clock";
import { documentClient } from "../shared/document-client";
import { inParallel } from "../shared/in-parallel";
import { Refusal } from "../shared/refusal";
import { Brands, mostListed, type ListPlace } from "./brands";
import type { Executions, ExecutionState } from "./executions";
import { attemptOf, executionName, giveUp, type Brand } from "./model";
import { Starter } from "./starter";
import { brandTable, type BrandTable } from "./store";

export interface SweeperProps {
  /** Physical name of the table: `brand_processing_status_<env>`. */
  readonly tableName: string;
  readonly executions: Executions;
  /** How often a failed brand may be tried again. */
  readonly mostRetries: number;
  /**
   * Minutes without a change after which a brand is given up whose execution nobody can ask about, such as one of
   * another state machine, which may well run: longer than one can take.
   */
  readonly staleAfterMinutes: number;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}

/** What a run has found and done: how many brands of each. */
export interface Sweep {
  /** At work for too long, by the index. */
  readonly examined: number;
  /** Left alone: their executions run, or may. */
  readonly running: number;
  /** Given up, with another attempt left. */
  readonly retried: number;
  /** Given up for good. */
  readonly failed: number;
  /** Begun: another attempt, or the present one, which nothing had begun yet. */
  readonly started: number;
  /** Neither: a call failed. The next run finds them again. */
  readonly troubled: number;
  /** What those calls failed for: how often each error came, by its name or a refusal's code. */
  readonly troubles: Readonly<Record<string, number>>;
  /** Whether there may be others, for which the time or the bound did not last. */
  readonly more: boolean;
}

type Finding = "running" | "begun" | "retried" | "failed" | "changed" | { readonly error: unknown };

/** Brands that are examined at once: Step Functions describes 15 executions a second at least (AWS: quotas). */
const atOnce = 5;

/** Brands that one run examines. */
const mostExamined = 500;

/** Minutes without a change after which an execution is asked about: a start is over long before. */
const askAfterMinutes = 10;

/** Brands at work for long, and those whose time cannot be; a list goes on behind a brand. */
interface Place {
  readonly list: "long" | "odd";
  readonly behind?: ListPlace;
}

const beginning: Place = { list: "long" };

const minuteMilliseconds = 60_000;

const reasons: Readonly<Record<Exclude<ExecutionState, "running">, string>> = {
  ended: "The execution ended without a result.",
  unknown: "The execution is not one that can be asked about.",
};

export class Sweeper {
  private readonly props: SweeperProps;
  private readonly clock: Clock;
  private readonly brands: Brands;
  private readonly table: BrandTable;
  private readonly starter: Starter;
  /**
   * Where the next run begins, so that brands that always trouble, or run for long, hide none behind them. A new
   * instance of the function begins at the oldest again.
   */
  private place = beginning;

  constructor(props: SweeperProps) {
    const { tableName, client = documentClient(), clock = systemClock } = props;
    this.props = props;
    this.clock = clock;
    this.brands = new Brands({ tableName, client, clock });
    this.table = brandTable({ client, name: tableName, clock });
    this.starter = new Starter({ ...props, client, clock });
  }

  /** @param isOver asked before each brand; true leaves the others to the next run. */
  async run(isOver: () => boolean = () => false): Promise<Sweep> {
    const { findings, more } = await this.examineAll(isOver);
    const outcomes = await this.starter.startAll(mostListed, { statuses: ["retry"], isOver });
    const found = (finding: Finding) => findings.filter((one) => one === finding).length;
    const errors = [...findings, ...outcomes].flatMap((one) =>
      typeof one === "object" && "error" in one ? [one.error] : [],
    );
    return {
      examined: findings.length,
      running: found("running"),
      retried: found("retried"),
      failed: found("failed"),
      started: found("begun") + outcomes.filter(({ outcome }) => outcome === "started").length,
      troubled: errors.length,
      troubles: countNames(errors),
      more: more || outcomes.length === mostListed || isOver(),
    };
  }

  private async examineAll(isOver: () => boolean) {
    const findings: Finding[] = [];
    const hasEarlier = this.place !== beginning;
    let place: Place | undefined = this.place;
    while (place !== undefined && findings.length < mostExamined) {
      const from: Place = place;
      const { brands, more } = await this.list(from, mostExamined - findings.length);
      const found = await inParallel(brands, atOnce, (brand) => this.examine(brand), isOver);
      findings.push(...found);
      const last = brands[found.length - 1];
      const behind = last && { brandid: last.brandid, updated_at: last.updated_at };
      if (found.length < brands.length) {
        place = behind === undefined ? from : { ...from, behind };
        break;
      }
      if (more && behind !== undefined) place = { ...from, behind };
      else place = from.list === "long" ? { list: "odd" } : undefined;
    }
    this.place = place ?? beginning;
    return { findings, more: hasEarlier || place !== undefined };
  }

  /** Those that changed long ago, or those of which another program has written no time that can be. */
  private list({ list, behind }: Place, limit: number) {
    const { staleAfterMinutes } = this.props;
    const changed =
      list === "long"
        ? { before: this.minutesAgo(Math.min(askAfterMinutes, staleAfterMinutes)) }
        : { after: this.minutesAgo(-1) };
    return this.brands.list("processing", Math.min(mostListed, limit), changed, behind);
  }

  /** The trouble of one brand stays its own. */
  private async examine(listed: Brand): Promise<Finding> {
    try {
      const execution = listed.workflow_execution_arn;
      const state = execution === null ? "unknown" : await this.props.executions.state(execution);
      switch (state) {
        case "running":
          return "running";
        case "ended":
          return await this.abandon(listed, reasons.ended);
        case "unknown":
          if (this.isPresentAttempt(listed)) return await this.begin(listed);
          return this.isStale(listed) ? await this.abandon(listed, reasons.unknown) : "running";
      }
    } catch (error) {
      return { error };
    }
  }

  /** Whether its execution is the one that this workflow has for the attempt. */
  private isPresentAttempt(brand: Brand): boolean {
    const { executions, mostRetries } = this.props;
    return (
      brand.workflow_execution_arn === executions.arnOf(executionName(brand)) &&
      brand.retry_count <= mostRetries
    );
  }

  /**
   * Begins what a starter has claimed and not begun. No retry is spent: while Step Functions refuses to begin
   * anything, nothing is wrong with the brand. When it runs after all, or another attempt has the brand by now, this
   * begins nothing, or its claim is refused.
   */
  private async begin(listed: Brand): Promise<Finding> {
    const { brandid } = listed;
    const input = { brandid, attempt: attemptOf(listed) };
    const started = await this.props.executions.start(executionName(listed), input);
    return started === "begun" ? started : this.abandon(listed, reasons.ended);
  }

  /** A brand that has changed since it was listed has shown life: a later run looks again. */
  private async abandon(listed: Brand, reason: string): Promise<Finding> {
    let given: Finding = "changed";
    await this.table.change(listed.brandid, "There is no such brand.", (brand) => {
      const changes =
        brand.updated_at === listed.updated_at
          ? giveUp(brand, listed.workflow_execution_arn, reason, this.props.mostRetries)
          : undefined;
      given = changes === undefined ? "changed" : changes.status === "failed" ? "failed" : "retried";
      return changes;
    });
    return given;
  }

  private isStale({ updated_at }: Brand): boolean {
    const { staleAfterMinutes } = this.props;
    return (
      !isTime(updated_at) ||
      isBefore(updated_at, this.minutesAgo(staleAfterMinutes)) ||
      isBefore(this.minutesAgo(-1), updated_at)
    );
  }

  private minutesAgo(minutes: number): string {
    return isoTime(new Date(this.clock().getTime() - minutes * minuteMilliseconds));
  }
}

/** Names alone: an SDK's message may hold what was sent. */
function countNames(errors: readonly unknown[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const error of errors) {
    const name = error instanceof Refusal ? error.code : error instanceof Error ? error.name : "unknown";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
