/** The guard's cases of keys, and of what goes as a whole. */

import { merged, refused, table, tableLike, through, type GuardCase, type Resources } from "./guard-cases";
import type { Block } from "./synthesis";

/** @param templates real blocks of a table, encrypted with the stack's key, and of that key. */
export function otherCases(templates: { readonly table: Block; readonly key: Block }): readonly GuardCase[] {
  const plain = (id: string, changes: Block = {}) => table(id, tableLike(templates.table, id, changes));
  const key = (id: string, changes: Block = {}): Resources => ({
    aws_kms_key: {
      [id]: {
        ...templates.key,
        lifecycle: {},
        enable_key_rotation: false,
        description: `Tables of ${id}`,
        ...changes,
      },
    },
  });
  const encryptedWith = (id: string, of: string) =>
    plain(id, { server_side_encryption: { enabled: true, kms_key_arn: `\${aws_kms_key.${of}.arn}` } });
  const alias = (id: string, of: string): Resources => ({
    aws_kms_alias: { [id]: { name: `alias/${id}-staging`, target_key_id: `\${aws_kms_key.${of}.key_id}` } },
  });
  const target = (id: string): Resources => ({
    aws_appautoscaling_target: {
      [`${id}__read`]: {
        service_namespace: "dynamodb",
        resource_id: `table/\${aws_dynamodb_table.${id}.name}`,
        scalable_dimension: "dynamodb:table:ReadCapacityUnits",
        min_capacity: 5,
        max_capacity: 50,
      },
    },
  });
  const units: Block = { billing_mode: "PROVISIONED", read_capacity: 5, write_capacity: 5 };
  const group = (id: string, name: string): Resources => ({ aws_cloudwatch_log_group: { [id]: { name } } });

  return [
    refused("dropped", "a table removed", ["destroys-table"], plain("dropped"), {}),
    {
      ...refused("forgotten", "a table taken out of the state", ["destroys-table"], plain("forgotten"), {}),
      forgotten: ["aws_dynamodb_table.forgotten"],
    },
    through(
      "unscaled",
      "a table's autoscaling removed",
      ["destroys-table"],
      { ...plain("unscaled", units), ...target("unscaled") },
      plain("unscaled", units),
    ),
    refused("renamed-table", "a table under another name", ["replaces-data"], plain("renamed-table"), {
      aws_dynamodb_table: { "renamed-table": tableLike(templates.table, "new-name") },
    }),
    refused(
      "renamed-logs",
      "a log group under another name",
      ["replaces-data"],
      group("renamed-logs", "/old"),
      group("renamed-logs", "/new"),
    ),
    refused("dropped-key", "a key removed", ["destroys-key"], key("dropped-key"), {}),
    refused(
      "disabled-key",
      "a key disabled",
      ["destroys-key"],
      key("disabled-key"),
      key("disabled-key", { is_enabled: false }),
    ),
    through(
      "described-key",
      "another description of a key",
      ["destroys-key"],
      key("described-key"),
      key("described-key", { description: "Tables of matching" }),
    ),
    refused(
      "moved-alias",
      "an alias pointed at another key",
      ["moves-key-alias"],
      {
        ...merged(key("moved-alias__one"), key("moved-alias__two")),
        ...alias("moved-alias", "moved-alias__one"),
      },
      {
        ...merged(key("moved-alias__one"), key("moved-alias__two")),
        ...alias("moved-alias", "moved-alias__two"),
      },
    ),
    refused(
      "dropped-alias",
      "an alias removed",
      ["moves-key-alias"],
      merged(key("dropped-alias__key"), alias("dropped-alias", "dropped-alias__key")),
      key("dropped-alias__key"),
    ),
    through(
      "second-alias",
      "a second alias of a key",
      ["moves-key-alias"],
      merged(key("second-alias__key"), alias("second-alias__one", "second-alias__key")),
      {
        ...key("second-alias__key"),
        aws_kms_alias: {
          ...alias("second-alias__one", "second-alias__key")["aws_kms_alias"],
          ...alias("second-alias__two", "second-alias__key")["aws_kms_alias"],
        },
      },
    ),
    refused(
      "left-key",
      "a table moved to another key, the old one removed",
      ["destroys-key", "leaves-data-behind"],
      merged(encryptedWith("left-key", "left-key__old"), key("left-key__old"), key("left-key__new")),
      merged(encryptedWith("left-key", "left-key__new"), key("left-key__new")),
    ),
    refused(
      "replaced-key",
      "the key of a table replaced",
      ["destroys-key", "leaves-data-behind"],
      merged(encryptedWith("replaced-key", "replaced-key__key"), key("replaced-key__key")),
      merged(
        encryptedWith("replaced-key", "replaced-key__key"),
        key("replaced-key__key", { multi_region: true }),
      ),
    ),
    refused(
      "aws-key",
      "a table moved to the key that AWS owns",
      ["leaves-data-behind"],
      plain("aws-key"),
      plain("aws-key", { server_side_encryption: { enabled: false } }),
    ),
    through(
      "kept-key",
      "a table moved to another key, the old one kept",
      ["leaves-data-behind"],
      merged(encryptedWith("kept-key", "kept-key__old"), key("kept-key__old"), key("kept-key__new")),
      merged(encryptedWith("kept-key", "kept-key__new"), key("kept-key__old"), key("kept-key__new")),
    ),
  ];
}
