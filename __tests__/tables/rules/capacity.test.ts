import { onDemand, provisioned } from "../../../tables/capacity";
import { defineSpoiled, describeDefects } from "../../support/definition";

const byUser = { partitionKey: "user_id", sortKey: "created_at", projection: "ALL" };
const ten = provisioned({ read: 10, write: 10 });

describeDefects("capacity and autoscaling", [
  {
    defect: "an on-demand table with capacity units",
    changes: { capacity: { mode: "on-demand", read: 10, write: 10 } },
    rule: "on-demand-with-capacity",
    limit: "an on-demand table has no capacity units",
    value: "read: 10",
  },
  {
    defect: "a provisioned table without capacity units",
    changes: { capacity: { mode: "provisioned" } },
    rule: "capacity-units",
    limit: "1 to 40000",
    value: "undefined (read of the table)",
  },
  {
    defect: "a table without a capacity mode",
    changes: { capacity: { mode: "PAY_PER_REQUEST" } },
    rule: "capacity-mode",
    limit: "on-demand or provisioned",
    value: "PAY_PER_REQUEST",
  },
  {
    defect: "an index with capacity on an on-demand table",
    changes: { indexes: { "by-user": { ...byUser, capacity: { read: 5, write: 5 } } } },
    rule: "on-demand-with-index-capacity",
    limit: "an index of an on-demand table has no capacity of its own",
    value: `{"read":5,"write":5}, in by-user`,
  },
  {
    defect: "maximum request units on a provisioned table",
    changes: { capacity: { ...ten, maxReadUnits: 100 } },
    rule: "provisioned-with-on-demand-maximum",
    limit: "only an on-demand table has maximum request units",
    value: "maxReadUnits",
  },
  {
    defect: "autoscaling on an on-demand table",
    changes: { capacity: { mode: "on-demand", autoscaling: { max: 100, targetUtilization: 70 } } },
    rule: "on-demand-with-autoscaling",
    limit: "nothing to scale",
    value: `autoscaling: {"max":100,"targetUtilization":70}`,
  },
  {
    defect: "capacity beyond the quota",
    changes: { capacity: provisioned({ read: 50_000, write: 10 }) },
    rule: "capacity-units",
    limit: "1 to 40000",
    value: "50000 (read of the table)",
  },
  {
    defect: "an index with half a unit",
    changes: {
      capacity: ten,
      indexes: { "by-user": { ...byUser, capacity: { read: 0.5, write: 5 } } },
    },
    rule: "capacity-units",
    limit: "1 to 40000",
    value: "0.5 (read of by-user)",
  },
  {
    defect: "an on-demand maximum of nothing",
    changes: { capacity: onDemand({ maxWriteUnits: 0 }) },
    rule: "capacity-units",
    limit: "1 to 40000",
    value: "0 (maxWriteUnits)",
  },
  {
    defect: "an autoscaling maximum below the units",
    changes: {
      capacity: provisioned({ read: 10, write: 10, autoscaling: { max: 5, targetUtilization: 70 } }),
    },
    rule: "autoscaling-range",
    limit: "at least the provisioned units, 10",
    value: "5, in the table",
  },
  {
    defect: "an autoscaling target of 95 percent",
    changes: {
      capacity: provisioned({ read: 10, write: 10, autoscaling: { max: 100, targetUtilization: 95 } }),
    },
    rule: "autoscaling-target",
    limit: "20 to 90 percent",
    value: "95, in the table",
  },
  {
    defect: "an index with more units than the table's autoscaling, which it takes, allows",
    changes: {
      capacity: provisioned({ read: 10, write: 10, autoscaling: { max: 100, targetUtilization: 70 } }),
      indexes: { "by-user": { ...byUser, capacity: { read: 200, write: 5 } } },
    },
    rule: "autoscaling-range",
    limit: "at least the provisioned units, 200",
    value: "100, in by-user",
  },
]);

describe("capacity that an index leaves out", () => {
  it("is the table's", () => {
    const spec = defineSpoiled({ capacity: ten, indexes: { "by-user": byUser } });
    expect(spec.indexes["by-user"]?.capacity).toEqual({ mode: "provisioned", read: 10, write: 10 });
  });

  it("scales as the table's does, also where the units are the index's own", () => {
    const autoscaling = { max: 100, targetUtilization: 70 };
    const spec = defineSpoiled({
      capacity: provisioned({ read: 10, write: 10, autoscaling }),
      indexes: { "by-user": { ...byUser, capacity: { read: 5, write: 5 } } },
    });
    expect(spec.indexes["by-user"]?.capacity).toEqual({
      mode: "provisioned",
      read: 5,
      write: 5,
      autoscaling,
    });
  });
});
