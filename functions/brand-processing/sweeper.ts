/** Finds brands whose execution has died, and begins the attempts that wait. */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { isBefore, isoTime, isTime, systemClock, type Clock } from "../shared/clock";
import { documentClient } from "../shared/document-client";
import { inParallel } from "../shared/in-parallel";
import { Refusal } from "../shared/refusal";
import { Brands, mostListed } from "./brands";
import type { Executions, ExecutionState } from "./executions";
import { giveUp, type Brand } from "./model";
import { Starter } from "./starter";
import { brandTable, type BrandTable } from "./store";

export interface SweeperProps {
  /** Physical name of the table: `brand_processing_status_<env>`. */
  readonly tableName: string;
  readonly executions: Executions;
  /** How often a failed brand may be tried again. */
  readonly mostRetries: number;
  /** Minutes without a change after which an execution is looked for: longer than one can take. */
  readonly staleAfterMinutes: number;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}

/** What a run has found and done: how many brands of each. */
export interface Sweep {
  /** At work for too long, by the index. */
  readonly examined: number;
  /** Left alone: their executions run. */
  readonly running: number;
  /** Given up, with another attempt left. */
  readonly retried: number;
  /** Given up for good. */
  readonly failed: number;
  /** Begun anew. */
  readonly started: number;
  /** Neither: a call failed. The next run finds them again. */
  readonly troubled: number;
  /** What those calls failed for: how often each error came, by its name or a refusal's code. */
  readonly troubles: Readonly<Record<string, number>>;
  /** Whether there may be others, for which the time or the bound did not last. */
  readonly more: boolean;
}

type Finding = "running" | "retried" | "failed" | "changed" | { readonly error: unknown };

/** Brands that are examined at once: Step Functions describes 15 executions a second at least (AWS: quotas). */
const atOnce = 5;

/** Lists of 100 that one run examines. */
const mostLists = 5;

const minuteMilliseconds = 60_000;

const reasons: Readonly<Record<Exclude<ExecutionState, "running">, string>> = {
  ended: "The execution ended without a result.",
  unknown: "The execution never began, or is no longer known.",
};

export class Sweeper {
  private readonly props: SweeperProps;
  private readonly clock: Clock;
  private readonly brands: Brands;
  private readonly table: BrandTable;
  private readonly starter: Starter;

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
      started: outcomes.filter(({ outcome }) => outcome === "started").length,
      troubled: errors.length,
      troubles: countNames(errors),
      more: more || outcomes.length === mostListed || isOver(),
    };
  }

  private async examineAll(isOver: () => boolean) {
    const examined = new Set<number>();
    const findings: Finding[] = [];
    for (let list = 0; list < mostLists; list += 1) {
      const { brands, more } = await this.stale();
      // The index follows later: a brand of the list before may still be in it.
      const others = brands.filter(({ brandid }) => !examined.has(brandid));
      others.forEach(({ brandid }) => examined.add(brandid));
      findings.push(...(await inParallel(others, atOnce, (brand) => this.examine(brand), isOver)));
      if (!more || others.length === 0) return { findings, more };
    }
    return { findings, more: true };
  }

  /** Those that changed too long ago, and those of which another program has written no time that can be. */
  private async stale() {
    const now = this.clock().getTime();
    const [long, odd] = await Promise.all([
      this.brands.list("processing", mostListed, { before: this.staleTime() }),
      this.brands.list("processing", mostListed, { after: isoTime(new Date(now + minuteMilliseconds)) }),
    ]);
    return { brands: [...long.brands, ...odd.brands], more: long.more || odd.more };
  }

  /** The trouble of one brand stays its own. */
  private async examine(listed: Brand): Promise<Finding> {
    try {
      const execution = listed.workflow_execution_arn;
      const state = execution === null ? "unknown" : await this.props.executions.state(execution);
      return state === "running" ? state : await this.abandon(listed.brandid, execution, reasons[state]);
    } catch (error) {
      return { error };
    }
  }

  private async abandon(brandid: number, execution: string | null, reason: string): Promise<Finding> {
    let given: Finding = "changed";
    await this.table.change(brandid, "There is no such brand.", (brand) => {
      const changes = this.isStale(brand)
        ? giveUp(brand, execution, reason, this.props.mostRetries)
        : undefined;
      given = changes === undefined ? "changed" : changes.status === "failed" ? "failed" : "retried";
      return changes;
    });
    return given;
  }

  private isStale({ updated_at }: Brand): boolean {
    const ahead = isoTime(new Date(this.clock().getTime() + minuteMilliseconds));
    return !isTime(updated_at) || isBefore(updated_at, this.staleTime()) || isBefore(ahead, updated_at);
  }

  private staleTime(): string {
    const { staleAfterMinutes } = this.props;
    return isoTime(new Date(this.clock().getTime() - staleAfterMinutes * minuteMilliseconds));
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
