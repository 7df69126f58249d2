/**
 * Protected tables destroyed in two guided steps: a way back first, then the protection of the named tables off and
 * those destroyed, in one go. Nobody is asked anything while the protection is off.
 */

import { join } from "node:path";
import { tableName } from "../../../tables/naming";
import { loopbackEndpoint } from "../../../stacks/local-endpoint";
import { CouldNotTell } from "../errors";
import { localFolder } from "../paths";
import type { PlannedStack } from "../plan/planned-stack";
import { Refused } from "../refused";
import { RunState } from "../run-state";
import { findLastState, WaysBack, type WayBack } from "./backups";
import type { RollbackContext, Result } from "./context";
import { describeDestroyed } from "./describe-destroyed";
import { requireUnusedKeys } from "./key-users";
import {
  goneBeside,
  isSamePlan,
  keysOf,
  requireDestructionOf,
  requireRelease,
  tableAddress,
} from "./plan-checks";
import { requirePermission, StackWork } from "./planning";
import { whileReleased } from "./protection";
import { describeItems, readStanding, type StandingTable } from "./standing-tables";
import type { TablesWish } from "./wish";

/**
 * @throws Refused when a plan holds anything that was not asked for, or a way back cannot be made; TerraformFailed,
 * with the protection on again; LeftOpen when that could not be done.
 */
export async function rollBackTables(wish: TablesWish, context: RollbackContext): Promise<Result> {
  const { environment, variables, dryRun } = context;
  const place = loopbackEndpoint(variables) ?? environment.accountId ?? environment.region;
  const state = RunState.open(join(localFolder, "rollbacks"), [wish.stack, place, dryRun ? "rehearsal" : ""]);
  try {
    const names = wish.named.map((spec) => tableName(spec, environment.name));
    const released = environment.protected ? { RELEASE_PROTECTION: names.join(",") } : {};
    return await StackWork.on(
      wish.stack,
      context,
      (work) => new TablesRollback(wish, context, work, state).run(),
      { variables: { ...variables, ...released } },
    );
  } finally {
    state.close();
  }
}

class TablesRollback {
  private readonly waysBack: WaysBack;

  constructor(
    private readonly wish: TablesWish,
    private readonly context: RollbackContext,
    private readonly work: StackWork,
    private readonly state: RunState,
  ) {
    this.waysBack = new WaysBack(state, new Date());
  }

  async run(): Promise<Result> {
    const { wish, context } = this;
    const { stack } = wish;
    const tables = await this.standing();
    const plan = await this.planDestruction();
    this.requireManaged(plan, tables);
    if (plan.isEmpty) {
      this.state.finish();
      const text = `Nothing of what was named is there: ${this.names().join(", ")}.`;
      return { outcome: "nothing to do", text, document: { stack } };
    }
    const allowed = await requirePermission(plan, context, this.allowances(plan));
    const { clients, signal, tell } = context;
    await requireUnusedKeys(clients, { keys: keysOf(plan), named: this.names(), signal, tell });
    const release = await this.planRelease(tables);
    tell(this.describe(plan, tables));
    const document = { stack, tables: tables.map(({ name, items }) => ({ name, items })), verdict: allowed };
    if (context.dryRun) {
      return { outcome: "would change", text: "Nothing was changed: this was a dry run.", document };
    }
    context.requireSomeone();
    for (const table of tables) await this.waysBack.secure(table, wish.backup, context);
    for (const name of this.names()) {
      if (await context.agrees(`Destroy ${name}?`, name)) continue;
      // Whoever comes back later gets a backup of what is there then.
      this.state.finish();
      return {
        outcome: "declined",
        text: "Nothing was changed, but for the backups that were made.",
        document,
      };
    }
    await this.releaseAndDestroy(plan, release, tables);
    const ways = await this.findWaysBack();
    this.state.finish();
    return {
      outcome: "rolled back",
      text: describeDestroyed(wish, ways, keysOf(plan), context.environment),
      document: { ...document, waysBack: ways, keys: keysOf(plan) },
    };
  }

  /** The protection is off from here to the end of this. The plan of its release is the last that was made. */
  private async releaseAndDestroy(
    plan: PlannedStack,
    release: PlannedStack | undefined,
    tables: readonly StandingTable[],
  ): Promise<void> {
    const { context, work } = this;
    const { clients, environment, signal, tell } = context;
    const names = environment.protected ? tables.map(({ name }) => name) : [];
    await whileReleased({ clients, environment, tables: names, signal, tell }, async () => {
      if (release?.isEmpty === false) await work.apply("release the protection", release);
      const now = await this.planDestruction();
      if (!isSamePlan(plan, now)) {
        throw new Refused(
          "The stack has changed since the plan that was shown. Nothing was destroyed: run this again.",
        );
      }
      await work.apply("destroy", now);
      const left = await this.standing();
      if (left.length > 0) throw new CouldNotTell(`${left.map(({ name }) => name).join(", ")} still stands.`);
    });
  }

  private async planDestruction(): Promise<PlannedStack> {
    const { named, isWhole } = this.wish;
    const targets = isWhole ? [] : named.map(tableAddress);
    const plan = await this.work.plan("plan the destruction", { destroys: true, targets });
    requireDestructionOf(plan, { specs: named, isWhole });
    return plan;
  }

  /** Of the tables alone: what else of the stack is gone already, after a run that was killed, is not made again. */
  private async planRelease(tables: readonly StandingTable[]): Promise<PlannedStack | undefined> {
    const specs = tables.map(({ spec }) => spec);
    if (!this.context.environment.protected || specs.length === 0) return undefined;
    const targets = specs.map(tableAddress);
    const plan = await this.work.plan("plan the release of the protection", { targets });
    requireRelease(plan, specs);
    return plan;
  }

  /** A restored table stands in the place of one that its state has lost. */
  private requireManaged({ changes }: PlannedStack, tables: readonly StandingTable[]): void {
    const strangers = tables.filter(({ spec }) =>
      changes.every(({ address }) => address !== tableAddress(spec)),
    );
    if (strangers.length === 0) return;
    throw new Refused(
      `${strangers.map(({ name }) => name).join(", ")} stands, but the state of ${this.wish.stack} does not have it: ` +
        "import it first (docs/runbooks/restore-a-table.md), or delete it by hand.",
    );
  }

  private allowances(plan: PlannedStack) {
    const { named, isWhole, backup } = this.wish;
    const reason = `rolled back by name, way back: ${backup}`;
    const tables = named.map((spec) => tableName(spec, this.context.environment.name));
    // requireDestructionOf has let them through.
    const keys = isWhole ? plan.changes.filter(({ type }) => type.startsWith("aws_kms_")) : [];
    return [...tables, ...keys.map(({ address }) => address)].map((subject) => ({ subject, reason }));
  }

  private describe(plan: PlannedStack, tables: readonly StandingTable[]): string {
    const { isWhole, stack } = this.wish;
    const beside = goneBeside(plan).map(({ address }) => address);
    return [
      `To be destroyed in ${stack}:`,
      ...tables.map((table) => `  ${table.name} (${describeItems(table)})`),
      ...(beside.length === 0 ? [] : [`  and with it: ${beside.join(", ")}`]),
      ...(isWhole || beside.length === 0
        ? []
        : ["  Whoever uses another table by those loses that access until the stack is deployed again."]),
    ].join("\n");
  }

  private async findWaysBack(): Promise<readonly WayBack[]> {
    const ways: WayBack[] = [];
    for (const name of this.names()) {
      const way = this.waysBack.of(name);
      ways.push(way.kind === "last state" ? await findLastState(this.context, name) : way);
    }
    return ways;
  }

  private names(): readonly string[] {
    return this.wish.named.map((spec) => tableName(spec, this.context.environment.name));
  }

  private standing(): Promise<readonly StandingTable[]> {
    const { clients, environment, signal } = this.context;
    return readStanding(clients, this.wish.named, environment.name, signal);
  }
}
