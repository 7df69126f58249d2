import { provisioned } from "../../../tables/capacity";
import { describeDefects } from "../../support/definition";

const byUser = { partitionKey: "user_id", projection: "ALL" };
const ten = provisioned({ read: 10, write: 10 });

describeDefects("properties that nothing reads", [
  {
    defect: "a misspelt sort key of an index",
    changes: { indexes: { "by-user": { ...byUser, sortkey: "created_at" } } },
    rule: "unknown-property",
    limit: "indexes.by-user has partitionKey, sortKey, projection, capacity",
    value: `"sortkey"`,
  },
  {
    defect: "a partition key of a local index",
    changes: {
      localIndexes: { "by-time": { partitionKey: "user_id", sortKey: "created_at", projection: "ALL" } },
    },
    rule: "unknown-property",
    limit: "localIndexes.by-time has sortKey, projection",
    value: `"partitionKey"`,
  },
  {
    defect: "misspelt autoscaling of an index",
    changes: {
      capacity: ten,
      indexes: { "by-user": { ...byUser, capacity: { read: 5, write: 5, autoScaling: { max: 10 } } } },
    },
    rule: "unknown-property",
    limit: "indexes.by-user.capacity has read, write, autoscaling",
    value: `"autoScaling"`,
  },
  {
    defect: "misspelt attributes of a projection",
    changes: { indexes: { "by-user": { ...byUser, projection: { include: ["title"], includes: [] } } } },
    rule: "unknown-property",
    limit: "indexes.by-user.projection has include",
    value: `"includes"`,
  },
  {
    defect: "a misspelt target of autoscaling",
    changes: { capacity: { ...ten, autoscaling: { max: 100, targetUtilization: 70, target: 70 } } },
    rule: "unknown-property",
    limit: "capacity.autoscaling has max, targetUtilization",
    value: `"target"`,
  },
  {
    defect: "a misspelt retention",
    changes: { timeToLive: { attribute: "message_count", retention: 90 } },
    rule: "unknown-property",
    limit: "timeToLive has attribute, retentionDays, enabled",
    value: `"retention"`,
  },
]);
