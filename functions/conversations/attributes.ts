/**
 * Items in DynamoDB's own form. What another program has stored travels from one item to another in it: as
 * JavaScript values, numbers would lose digits, and maps with a member named constructor could not be written.
 */

import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { convertToAttr, marshall, unmarshall } from "@aws-sdk/util-dynamodb";

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** A document client sends the commands of a DynamoDBClient, too: what it translates are its own ones. */
export const lowLevel = (client: DynamoDBDocumentClient): Pick<DynamoDBClient, "send"> => client;

const options = { removeUndefinedValues: true } as const;

/** Only for what this program has made: see json-value.ts for what that may hold. */
export const attributeOf = (value: unknown): AttributeValue => convertToAttr(value, options);

export const attributesOf = (item: object): Record<string, AttributeValue> => marshall(item, options);

/** For those who look at it: a number is read as the double next to it. */
export const itemOf = (attributes: Attributes): Record<string, unknown> =>
  unmarshall({ ...attributes }, { wrapNumbers: Number });
