/** One update of a conversation's own item, put together from what it changes and what it depends on. */

import type { AttributeValue, UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { attributeOf, attributesOf } from "./attributes";
import type { ConversationTable, Head } from "./head";

type Update = Pick<
  UpdateItemCommandInput,
  "ConditionExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"
> & {
  readonly TableName: string;
  readonly Key: Record<string, AttributeValue>;
  readonly UpdateExpression: string;
};

export class HeadUpdate {
  private readonly sets: string[] = [];
  private readonly removes: string[] = [];
  private readonly conditions: string[] = [];
  private readonly names: Record<string, string> = {};
  private readonly values: Record<string, AttributeValue> = {};

  /** On the conversation that was read, not on another one that was created since under its id. */
  constructor(private readonly head: Head) {
    this.unless("created_at");
  }

  set(attribute: string, value: AttributeValue): void {
    this.sets.push(`${this.name(attribute)} = ${this.value(value)}`);
  }

  add(attribute: string, number: number): void {
    const name = this.name(attribute);
    this.sets.push(`${name} = ${name} + ${this.value(attributeOf(number))}`);
  }

  append(attribute: string, element: AttributeValue): void {
    const name = this.name(attribute);
    this.sets.push(
      `${name} = list_append(if_not_exists(${name}, ${this.value({ L: [] })}), ${this.value({ L: [element] })})`,
    );
  }

  remove(attribute: string): void {
    this.removes.push(this.name(attribute));
  }

  /** Not unless these attributes are as they were read. */
  unless(...attributes: readonly string[]): void {
    for (const attribute of attributes) this.conditions.push(this.unchanged(attribute));
  }

  /** Not if the attribute has moved on to this time or later since it was read. */
  unlessPassed(attribute: string, comparison: "<" | "<=", time: string): void {
    const earlier = `${this.name(attribute)} ${comparison} ${this.value({ S: time })}`;
    this.conditions.push(`(${this.unchanged(attribute)} OR ${earlier})`);
  }

  unlessContains(attribute: string, value: string): void {
    this.conditions.push(`NOT contains(${this.name(attribute)}, ${this.value({ S: value })})`);
  }

  /** Not if the list has another length than the one that was read, or more than so many elements beyond it. */
  unlessLonger(attribute: string, comparison: "=" | "<=", length: number): void {
    this.conditions.push(
      this.head.stored[attribute] === undefined
        ? `attribute_not_exists(${this.name(attribute)})`
        : `size(${this.name(attribute)}) ${comparison} ${this.value(attributeOf(length))}`,
    );
  }

  input({ name }: ConversationTable): Update {
    const { conversation_id, user_id } = this.head.summary;
    const remove = this.removes.length > 0 ? ` REMOVE ${this.removes.join(", ")}` : "";
    return {
      TableName: name,
      Key: attributesOf({ conversation_id, user_id }),
      UpdateExpression: `SET ${this.sets.join(", ")}${remove}`,
      ConditionExpression: this.conditions.join(" AND "),
      ExpressionAttributeNames: this.names,
      ExpressionAttributeValues: this.values,
    };
  }

  private unchanged(attribute: string): string {
    const value = this.head.stored[attribute];
    const name = this.name(attribute);
    return value === undefined ? `attribute_not_exists(${name})` : `${name} = ${this.value(value)}`;
  }

  private name(attribute: string): string {
    this.names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  }

  private value(value: AttributeValue): string {
    const name = `:v${Object.keys(this.values).length}`;
    this.values[name] = value;
    return name;
  }
}
