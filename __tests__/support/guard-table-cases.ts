/** The guard's cases of tables: what each rule refuses, and what it lets through. */

import type { RuleId } from "../../scripts/lib/guard/verdict";
import { index, table, tableLike, type GuardCase, type IndexShape } from "./guard-cases";
import type { Block } from "./synthesis";

const two: readonly IndexShape[] = [index("by-agent"), index("by-time", { range_key: "timestamp" })];

/** @param template a real table's block: encrypted, with point-in-time recovery. */
export function tableCases(template: Block): readonly GuardCase[] {
  return [
    changed("renamed-sort-key", "another sort key", ["replaces-data"], {}, { range_key: "sent_at" }),
    changed(
      "added-local-index",
      "a local index",
      ["replaces-data"],
      {},
      {
        local_secondary_index: [{ name: "by-priority", range_key: "priority", projection_type: "ALL" }],
      },
    ),
    changed("tagged", "another tag", [], {}, { tags: { Owner: "matching" } }, ["replaces-data"]),
    changed(
      "two-indexes",
      "two indexes at once",
      ["several-index-changes"],
      {},
      {
        global_secondary_index: two,
      },
    ),
    changed("one-index", "one index", [], {}, { global_secondary_index: two.slice(1) }, [
      "several-index-changes",
    ]),
    changed(
      "swapped-index",
      "one index in place of another",
      ["several-index-changes"],
      { global_secondary_index: two.slice(0, 1) },
      { global_secondary_index: two.slice(1) },
    ),
    changed(
      "renamed-index",
      "an index under another name",
      ["renames-index"],
      { global_secondary_index: [index("by-agent")] },
      { global_secondary_index: [index("agent-index")] },
    ),
    changed(
      "removed-index",
      "an index removed, another left",
      [],
      { global_secondary_index: two },
      { global_secondary_index: two.slice(0, 1) },
      ["renames-index"],
    ),
    changed(
      "projected-index",
      "another projection",
      ["rebuilds-index"],
      { global_secondary_index: [index("by-agent")] },
      { global_secondary_index: [index("by-agent", { projection_type: "KEYS_ONLY" })] },
    ),
    changed(
      "index-units",
      "other units of an index",
      [],
      { ...provisioned(5), global_secondary_index: [index("by-agent", units(5))] },
      { ...provisioned(5), global_secondary_index: [index("by-agent", units(8))] },
      ["rebuilds-index"],
    ),
    changed(
      "ttl-renamed",
      "another TTL attribute",
      ["renames-ttl"],
      { ttl: on("expiresAt") },
      { ttl: on("ttl") },
    ),
    changed(
      "ttl-renamed-off",
      "another name while it is switched off",
      ["renames-ttl"],
      { ttl: on("expiresAt") },
      {
        ttl: { attribute_name: "ttl", enabled: false },
      },
    ),
    changed(
      "ttl-switched-off",
      "TTL switched off with its name",
      [],
      { ttl: on("expiresAt") },
      { ttl: { attribute_name: "expiresAt", enabled: false } },
      ["renames-ttl"],
    ),
    changed("to-on-demand", "to on-demand", ["switches-billing-often"], provisioned(5), {}),
    changed("more-units", "more units", [], provisioned(5), provisioned(6), ["switches-billing-often"]),
    changed(
      "ttl-named-anew",
      "another TTL attribute after the old one was switched off",
      [],
      { ttl: { attribute_name: "expiresAt", enabled: false } },
      { ttl: on("ttl") },
      ["renames-ttl"],
    ),
    changed(
      "released-and-replaced",
      "protection off together with another sort key",
      ["replaces-data", "lifts-protection"],
      { deletion_protection_enabled: true },
      { range_key: "sent_at" },
    ),
    changed(
      "unrecoverable-and-indexed",
      "recovery off together with an index",
      ["lifts-protection", "drops-recovery"],
      {},
      { point_in_time_recovery: { enabled: false }, global_secondary_index: two.slice(1) },
    ),
    autoscaled(template),
    changed("to-provisioned", "provisioned without autoscaling", [], {}, provisioned(5), [
      "starts-with-one-unit",
    ]),
    changed(
      "released-and-indexed",
      "protection off together with an index",
      ["lifts-protection"],
      { deletion_protection_enabled: true },
      { global_secondary_index: two.slice(1) },
    ),
    changed("released", "protection off alone", [], { deletion_protection_enabled: true }, {}, [
      "lifts-protection",
    ]),
    changed(
      "unrecoverable",
      "recovery off",
      ["drops-recovery"],
      {},
      { point_in_time_recovery: { enabled: false } },
    ),
    changed(
      "recovered-for-less",
      "a shorter recovery period",
      [],
      {},
      { point_in_time_recovery: { enabled: true, recovery_period_in_days: 14 } },
      ["drops-recovery"],
    ),
    changed(
      "another-view",
      "another stream view",
      ["replaces-stream"],
      stream("KEYS_ONLY"),
      stream("NEW_IMAGE"),
    ),
    changed("stream-off", "the stream switched off", [], stream("KEYS_ONLY"), { stream_enabled: false }, [
      "replaces-stream",
    ]),
  ];

  function changed(
    id: string,
    title: string,
    refusedBy: readonly RuleId[],
    before: Block,
    after: Block,
    nearly: readonly RuleId[] = [],
  ): GuardCase {
    return {
      id,
      title,
      applied: table(id, tableLike(template, id, before)),
      planned: table(id, tableLike(template, id, after)),
      refusedBy,
      nearly,
    };
  }
}

/** As the autoscaled tables are synthesized: their units are ignored, their targets refer to them. */
function autoscaled(template: Block): GuardCase {
  const id = "to-autoscaled";
  return {
    id,
    title: "provisioned and autoscaled in one step",
    applied: table(id, tableLike(template, id)),
    planned: {
      ...table(
        id,
        tableLike(template, id, {
          ...provisioned(10),
          lifecycle: { ignore_changes: ["read_capacity", "write_capacity"] },
        }),
      ),
      aws_appautoscaling_target: {
        [`${id}__read`]: {
          service_namespace: "dynamodb",
          resource_id: `table/\${aws_dynamodb_table.${id}.name}`,
          scalable_dimension: "dynamodb:table:ReadCapacityUnits",
          min_capacity: 10,
          max_capacity: 100,
        },
      },
    },
    refusedBy: ["starts-with-one-unit"],
    nearly: [],
  };
}

const units = (each: number) => ({ read_capacity: each, write_capacity: each });
const provisioned = (each: number): Block => ({ billing_mode: "PROVISIONED", ...units(each) });
const on = (attribute: string): Block => ({ attribute_name: attribute, enabled: true });
const stream = (view: string): Block => ({ stream_enabled: true, stream_view_type: view });
