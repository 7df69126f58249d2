/**
 * Brands as an agent's model sees them. Their texts come from elsewhere and are data: they stand in JSON strings
 * alone, shortened, without characters that nobody sees.
 */

import { withoutHiddenText } from "../shared/hidden-text";
import type { Brand, BrandMetadata } from "./model";

/** UTF-16 units: with all of them at once, a brand stays below half of what Bedrock takes. */
const longest = {
  name: 200,
  error: 500,
  errorOfList: 120,
  summary: 1_000,
  keyword: 50,
  keywords: 12,
} as const;

/** A line of a list: enough to choose a brand by. */
export interface BrandLine {
  readonly brandid: number;
  readonly brandname: string;
  readonly sector: string;
  readonly status: Brand["status"];
  readonly updated_at: string;
  readonly retry_count?: number;
  readonly last_error?: string;
}

export function lineOf(brand: Brand): BrandLine {
  const { brandid, brandname, sector, status, updated_at, retry_count, last_error } = brand;
  return {
    brandid,
    brandname: shown(brandname, longest.name),
    sector: shown(sector, longest.name),
    status,
    updated_at: shown(updated_at, longest.name),
    ...(retry_count > 0 && { retry_count }),
    ...(last_error !== null && { last_error: shown(last_error, longest.errorOfList) }),
  };
}

/** A brand with all that is known of it. */
export function detailsOf(brand: Brand) {
  const { created_at, workflow_execution_arn: execution, retry_count, last_error, metadata } = brand;
  return {
    ...lineOf(brand),
    created_at: shown(created_at, longest.name),
    workflow_execution_arn: execution && shown(execution, longest.error),
    retry_count,
    last_error: last_error && shown(last_error, longest.error),
    metadata: metadata === undefined ? null : metadataOf(metadata),
  };
}

const metadataOf = ({ summary, keywords, categories, model, generated_at }: BrandMetadata) => ({
  summary: shown(summary, longest.summary),
  keywords: few(keywords),
  categories: few(categories),
  model: shown(model, longest.name),
  generated_at: shown(generated_at, longest.name),
});

const few = (texts: readonly string[]): readonly string[] =>
  texts.slice(0, longest.keywords).map((text) => shown(text, longest.keyword));

function shown(text: string, most: number): string {
  const cut = text.length <= most ? text : `${text.slice(0, most - 1)}…`;
  return withoutHiddenText(cut, "\u{FFFD}");
}
