/** What a restore refuses, and what it says to do instead; backups, and what they outlive: on a local AWS. */

import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeBackupCommand,
  DescribeTableCommand,
  LimitExceededException,
  ListBackupsCommand,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  DeleteAliasCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { confirmRestorable } from "../../scripts/lib/backup/confirm-restorable";
import { backupName, createBackup } from "../../scripts/lib/backup/create-backup";
import { Refused } from "../../scripts/lib/refused";
import { CouldNotTell } from "../../scripts/lib/errors";
import type { Wanted } from "../../scripts/lib/restore/source";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { tableName } from "../../tables/naming";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { intercept, patient, restoreIn, startRecovery, type Recovery } from "../support/recovery";

const trade = tableName(tradeProcessingStatus, "staging");
const design = tableName(designAnalysisTracking, "staging");

let recovery: Recovery;
let key: string;
beforeAll(async () => {
  recovery = await startRecovery();
  key = recovery.keys.get("trade-status") ?? "";
  await recovery.createTable(tradeProcessingStatus);
  await recovery.createTable(designAnalysisTracking);
}, 60_000);
afterAll(() => recovery.stop());

const restore = (to: string, wanted?: Wanted) =>
  restoreIn(recovery, tradeProcessingStatus, to, { ...(wanted && { wanted }) });

/** The refusal of a promise. */
async function refusal(answer: Promise<unknown>, type: typeof Refused | typeof CouldNotTell = Refused) {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(type);
  return (error as Error).message;
}

const momentOf = (offsetSeconds: number): Wanted => ({
  kind: "point in time",
  at: new Date(Date.now() + offsetSeconds * 1000),
});

describe("a restore refuses", () => {
  it.each([
    [
      "a moment before point-in-time recovery",
      momentOf(-86_400),
      /can be restored to any second from .* is before that/,
    ],
    [
      "a moment that AWS does not have yet",
      momentOf(86_400),
      /is not in it yet\. Run this again in some minutes/,
    ],
  ])("%s", async (_, wanted, sentence) => {
    expect(await refusal(restore("trade-restored", wanted))).toMatch(sentence);
  });

  it.each([
    ["the table's own name", trade, /is the table itself, and a restore makes a new one/],
    [
      "the name of the same table elsewhere",
      tableName(tradeProcessingStatus, "prod"),
      /in prod: choose another/,
    ],
    ["another table's name", design, /is the name of the table design-analysis-tracking in staging/],
  ])("%s", async (_, to, sentence) => {
    expect(await refusal(restore(to))).toMatch(sentence);
  });

  it("a table that no restore has made, and never writes to it", async () => {
    const { dynamodb } = recovery.clients;
    await dynamodb.send(
      new CreateTableCommand({
        TableName: "somebody-elses",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "sessionId", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "sessionId", AttributeType: "S" }],
      }),
    );
    expect(await refusal(restore("somebody-elses"))).toBe(
      "There is a table somebody-elses, which no restore has made. Choose another name with --to.",
    );
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "somebody-elses" }));
    expect(Table?.DeletionProtectionEnabled).toBe(false);
  });

  it("one that holds another moment or a backup, and says how to go on with it", async () => {
    await restore("trade-other");
    const { Table } = await recovery.clients.dynamodb.send(
      new DescribeTableCommand({ TableName: "trade-other" }),
    );
    const moment = Table?.RestoreSummary?.RestoreDateTime?.toISOString() ?? "";
    expect(await refusal(restore("trade-other", momentOf(-600)))).toBe(
      `There is a table trade-other, restored to ${moment}. To go on with that one, use --at ${moment}. ` +
        "Choose another name with --to.",
    );
    const { arn } = await createBackup(recovery.clients, trade, { ...patient(), run: new Date() });
    const message = await refusal(restore("trade-other", { kind: "backup", backup: arn }));
    expect(message).toContain(
      `restored from a moment of arn:aws:dynamodb:us-east-1:123456789012:table/${trade}, not`,
    );
    expect(await restore("trade-other", { kind: "point in time", at: new Date(moment) })).toMatchObject({
      outcome: "restored",
      putBack: [],
    });
  });

  it("the backup of another table", async () => {
    const { arn } = await createBackup(recovery.clients, design, { ...patient(), run: new Date() });
    expect(await refusal(restore("trade-restored", { kind: "backup", backup: arn }))).toContain(
      `is a backup of ${design}, not of ${trade}.`,
    );
  });

  it("a table without point-in-time recovery", async () => {
    const { dynamodb } = recovery.clients;
    const switchTo = (PointInTimeRecoveryEnabled: boolean) =>
      dynamodb.send(
        new UpdateContinuousBackupsCommand({
          TableName: trade,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
        }),
      );
    await switchTo(false);
    expect(await refusal(restore("trade-restored"))).toContain(
      `${trade} has no point-in-time recovery. Make an`,
    );
    await switchTo(true);
  });

  it("a key that is disabled or about to be deleted, with the command that helps, before anything is begun", async () => {
    const { kms, dynamodb } = recovery.clients;
    // moto knows keys by their ids alone here.
    const KeyId = key.split("/").at(-1);
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await refusal(restore("trade-restored"))).toBe(
      `${trade} is encrypted with ${key}, which is disabled. First: aws kms enable-key --key-id ${key}`,
    );
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
    expect(await refusal(restore("trade-restored"))).toContain(
      `which is about to be deleted. First: aws kms cancel-key-deletion --key-id ${key} && aws kms enable-key`,
    );
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    await kms.send(new EnableKeyCommand({ KeyId }));
    await expect(dynamodb.send(new DescribeTableCommand({ TableName: "trade-restored" }))).rejects.toThrow();
  });

  it("an environment whose key is not there", async () => {
    const { kms } = recovery.clients;
    const AliasName = "alias/trade-status-tables-staging";
    await kms.send(new DeleteAliasCommand({ AliasName }));
    expect(await refusal(restore("trade-restored"))).toContain(
      `There is no key ${AliasName}, with which the new table is to be encrypted: deploy trade-status-tables-staging`,
    );
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: key }));
  });

  it("when AWS makes no more tables at once, and says to come back", async () => {
    const clients = intercept(recovery.connect(), async (command, send) => {
      if (!command.startsWith("Restore")) return send();
      throw new LimitExceededException({ message: "Subscriber limit exceeded", $metadata: {} });
    });
    const begun = restoreIn(recovery, tradeProcessingStatus, "trade-restored", { clients });
    expect(await refusal(begun)).toMatch(/^AWS makes no more tables at once .* run this again/);
  });
});

describe("a backup", () => {
  const run = new Date("2025-11-21T18:09:12.345Z");

  it("of a run that is resumed is the same one, and says with which key it is encrypted", async () => {
    const options = { ...patient(), run: new Date() };
    const first = await createBackup(recovery.clients, trade, options);
    expect(first).toMatchObject({
      table: trade,
      wasThere: false,
      encryption: { kind: "key", arn: key, state: "Enabled" },
    });
    expect(first.name).toBe(backupName(trade, options.run));
    expect(await createBackup(recovery.clients, trade, options)).toEqual({ ...first, wasThere: true });
  });

  it("whose answer is lost is found again, not made twice", async () => {
    const options = { ...patient(), run: new Date(Date.now() + 5_000) };
    const killed = intercept(recovery.connect(), async (command, send) => {
      const reply = await send();
      if (command === "CreateBackupCommand") throw new Error("killed");
      return reply;
    });
    await refusal(createBackup(killed, trade, options), CouldNotTell);
    const { arn, name } = await createBackup(recovery.clients, trade, options);
    const { BackupSummaries = [] } = await recovery.clients.dynamodb.send(
      new ListBackupsCommand({ TableName: trade }),
    );
    expect(
      BackupSummaries.filter(({ BackupName }) => BackupName === name).map(({ BackupArn }) => BackupArn),
    ).toEqual([arn]);
  });

  it("is followed as long as AWS makes it, and given up after the patience", async () => {
    const making = (looks: number) => {
      let left = looks;
      return intercept(recovery.connect(), async (command, send) => {
        const reply = await send();
        if (command !== "DescribeBackupCommand" || left-- <= 0) return reply;
        return { output: { BackupDescription: { BackupDetails: { BackupStatus: "CREATING" } } } };
      });
    };
    const options = { ...patient(), run: new Date(Date.now() + 10_000) };
    const waits: number[] = [];
    const onWait = (seconds: number) => void waits.push(seconds);
    expect(await createBackup(making(3), trade, { ...options, onWait })).toMatchObject({ wasThere: false });
    expect(waits).toHaveLength(3);
    const impatient = createBackup(making(Infinity), trade, { ...options, patienceSeconds: 0 });
    expect(await refusal(impatient, CouldNotTell)).toMatch(
      /is still being made after 0 minutes\. Run this again/,
    );
  });

  it("is not made of a table that is not there", async () => {
    const answer = createBackup(recovery.clients, "no-such-table", { ...patient(), run });
    expect(await refusal(answer, CouldNotTell)).toContain("There is no table no-such-table here.");
  });

  it("is named after table and time, within AWS's 255 characters", () => {
    expect(backupName(trade, run)).toBe(`${trade}-20251121T180912Z`);
    expect(backupName("t".repeat(255), run)).toMatch(/^t{238}-20251121T180912Z$/);
  });
});

describe("a table that can be restored", () => {
  it("is confirmed with its moments and its key", async () => {
    const point = await confirmRestorable(recovery.clients, trade, patient().signal);
    expect(point).toMatchObject({ table: trade, encryption: { kind: "key", arn: key, state: "Enabled" } });
    expect(point.earliest.getTime()).toBeLessThanOrEqual(point.latest.getTime());
  });

  it("is not one that is not there", async () => {
    const answer = confirmRestorable(recovery.clients, "no-such-table", patient().signal);
    expect(await refusal(answer, CouldNotTell)).toContain(
      "one that is deleted can be restored from a backup alone",
    );
  });
});

describe("a table that is deleted", () => {
  const fromBackup: Wanted = { kind: "backup", backup: "latest" };

  it("comes back under its own name from the last state that AWS keeps, and from no moment", async () => {
    expect(await refusal(restore(trade, fromBackup))).toBe(
      `There is a table ${trade}, which no restore has made. Choose another name with --to.`,
    );
    await recovery.clients.dynamodb.send(new DeleteTableCommand({ TableName: trade }));
    expect(await refusal(restore("trade-restored"), CouldNotTell)).toContain("restored from a backup alone");
    const result = await restore(trade, fromBackup);
    expect(result).toMatchObject({
      outcome: "restored",
      findings: [],
      items: 1,
      source: { kind: "backup" },
      // With nothing to compare with: it is the live table.
      sample: { kind: "looked", items: 1 },
    });
    if (result.outcome !== "restored" || result.source.kind !== "backup") throw new Error("not restored");
    const { BackupDescription } = await recovery.clients.dynamodb.send(
      new DescribeBackupCommand({ BackupArn: result.source.arn }),
    );
    expect(BackupDescription?.BackupDetails).toMatchObject({
      BackupName: `${trade}$DeletedTableBackup`,
      BackupType: "SYSTEM",
    });
  });

  it("comes back from the backup of an earlier restore of it as well", async () => {
    const { arn } = await createBackup(recovery.clients, "trade-other", { ...patient(), run: new Date() });
    expect(await restore("trade-again", { kind: "backup", backup: arn })).toMatchObject({
      findings: [],
      items: 1,
    });
  });
});
