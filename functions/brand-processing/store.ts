import * as v from "valibot";
import { brandProcessingStatus as spec } from "../../tables/brand-processing-status";
import { storedText } from "../shared/stored";
import { VersionedTable, type VersionedTableProps } from "../shared/versioned-table";
import { brandStatuses, highestRetryLimit, type Brand } from "./model";

export type BrandTableProps = Omit<VersionedTableProps<Brand>, "spec" | "version" | "read">;

/** Brands as they are stored, by their numbers. */
export type BrandTable = VersionedTable<Brand, number>;

export const brandTable = (props: BrandTableProps): BrandTable =>
  new VersionedTable<Brand, number>({ ...props, spec, version: "updated_at", read: readBrand });

const texts = v.array(v.string());
const metadata = v.object({
  summary: v.string(),
  keywords: texts,
  categories: texts,
  model: v.string(),
  generated_at: v.string(),
});

const orNull = v.fallback(v.nullable(v.string()), null);

/** What a brand shows for its last error when nobody knows what its status means. */
const strangeStatus = `The status is none of ${brandStatuses.join(", ")}.`;

/** Above every limit: nobody can tell how often such a brand was tried, so that it is not tried again. */
const unreadableRetries = highestRetryLimit + 1;

/** Text of digits is its number; a brand without a count was never tried again. */
function retryCount(stored: unknown): number {
  const count = typeof stored === "string" && /^\d{1,9}$/.test(stored) ? Number(stored) : stored;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : unreadableRetries;
}

const brand = v.looseObject({
  brandname: storedText,
  sector: storedText,
  created_at: storedText,
  workflow_execution_arn: orNull,
  retry_count: v.pipe(v.nullish(v.unknown(), 0), v.transform(retryCount)),
  last_error: orNull,
  metadata: v.fallback(v.optional(metadata), undefined),
});

/**
 * Other programs write the table, too. A status that is not of document 000, or is missing, counts as failed:
 * nothing begins such a brand by itself, and whoever starts it by its number has it tried again.
 */
export function readBrand(item: object): Brand {
  const { metadata, ...read } = v.parse(brand, item);
  const status: unknown = Reflect.get(item, "status");
  return {
    ...(read as unknown as Brand),
    ...(metadata !== undefined && { metadata }),
    ...(!isStatus(status) && { status: "failed", last_error: strangeStatus }),
  };
}

const isStatus = (status: unknown): boolean => (brandStatuses as readonly unknown[]).includes(status);

/** Whether a number can be a brand's: whole, above zero, and exact in JavaScript. */
export const isBrandId = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0;
