/**
 * Which profiles match, and in which order (docs/apis.md, "Ranking"). Pure; points are whole numbers, so that
 * one state has one order everywhere.
 */

import { compareDecimals, type DecimalText } from "../shared/decimal";
import { keyForm } from "./model";
import type { ProfileSummary } from "./stored-profile";

/** What was asked for. A match has all of it; of tags and words at least one. */
export interface Criteria {
  /** Forms in which the job may be stored. */
  readonly job?: readonly string[] | undefined;
  /** The same of the city. */
  readonly city?: readonly string[] | undefined;
  /** In key form, each once. */
  readonly tags?: readonly string[] | undefined;
  readonly maxPrice?: DecimalText | undefined;
  /** Words of free text, each once. */
  readonly text?: readonly string[] | undefined;
}

/** What a criterion gives; for tags and words, each. */
export const points = { job: 40, city: 30, price: 10, tag: 10, prominentWord: 3, word: 1 } as const;

/** Where a match stands in the order. */
export interface Position {
  readonly score: number;
  /** Null where the profile has none that can be read. */
  readonly price: DecimalText | null;
  readonly id: string;
}

export interface Match {
  readonly position: Position;
  /** A sentence for each criterion. */
  readonly reasons: readonly string[];
  readonly profile: ProfileSummary;
}

interface Finding {
  readonly points: number;
  readonly reason: string;
}

/** Gives nothing when the profile does not meet the criterion. */
type Check = (profile: ProfileSummary) => Finding | undefined;

/** How profiles are judged by the criteria. */
export function judgeBy(criteria: Criteria): (profile: ProfileSummary) => Match | undefined {
  const checks = checksOf(criteria);
  return (profile) => {
    const findings: Finding[] = [];
    for (const check of checks) {
      const finding = check(profile);
      if (finding === undefined) return undefined;
      findings.push(finding);
    }
    const score = findings.reduce((sum, finding) => sum + finding.points, 0);
    return {
      position: { score, price: profile.averagePrice ?? null, id: profile.id },
      reasons: findings.map(({ reason }) => reason),
      profile,
    };
  };
}

function checksOf({ job, city, tags, maxPrice, text }: Criteria): readonly Check[] {
  return [
    ...(job === undefined ? [] : [byJob(job)]),
    ...(city === undefined ? [] : [byCity(city)]),
    ...(tags === undefined ? [] : [byTags(tags)]),
    ...(maxPrice === undefined ? [] : [byPrice(maxPrice)]),
    ...(text === undefined ? [] : [byWords(text)]),
  ];
}

const byJob =
  (forms: readonly string[]): Check =>
  ({ job }) =>
    forms.includes(job) ? { points: points.job, reason: `The job is ${job}.` } : undefined;

const byCity =
  (forms: readonly string[]): Check =>
  ({ location_city: city }) =>
    forms.includes(city) ? { points: points.city, reason: `The city is ${city}.` } : undefined;

const byTags =
  (wanted: readonly string[]): Check =>
  ({ tags }) => {
    const own = new Set(tags.map(keyForm));
    const found = wanted.filter((tag) => own.has(tag));
    if (found.length === 0) return undefined;
    return { points: points.tag * found.length, reason: reasonOf(found, wanted, "tags") };
  };

const byPrice =
  (most: DecimalText): Check =>
  ({ averagePrice: price }) =>
    price !== undefined && compareDecimals(price, most) <= 0
      ? { points: points.price, reason: `The price ${price} is at most ${most}.` }
      : undefined;

const byWords =
  (wanted: readonly string[]): Check =>
  ({ name, job, tags, description, address, location, location_city }) => {
    const prominent = wordSet([name, job, ...tags]);
    const all = wordSet([description, address, ...location, location_city]);
    const inFront = wanted.filter((word) => prominent.has(word));
    const behind = wanted.filter((word) => !prominent.has(word) && all.has(word));
    if (inFront.length + behind.length === 0) return undefined;
    return {
      points: points.prominentWord * inFront.length + points.word * behind.length,
      reason: reasonOf([...inFront, ...behind], wanted, "words"),
    };
  };

const reasonOf = (found: readonly string[], wanted: readonly string[], what: string): string =>
  `Has ${found.length} of ${wanted.length} ${what}: ${found.join(", ")}.`;

/** Whole words, in key form. */
export const wordsOf = (text: string): readonly string[] => keyForm(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];

const wordSet = (texts: readonly string[]): ReadonlySet<string> => new Set(texts.flatMap(wordsOf));

/** The order of matches: the highest score, then the lowest price, those without one last, then the id. */
export const comparePositions = (one: Position, other: Position): number =>
  other.score - one.score ||
  compareOptionalPrices(one.price, other.price) ||
  (one.id === other.id ? 0 : one.id < other.id ? -1 : 1);

function compareOptionalPrices(one: DecimalText | null, other: DecimalText | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return compareDecimals(one, other);
}

/** The best of all matches that it is given, each profile once: memory is bounded by their number. */
export class BestMatches {
  private best: readonly Match[] = [];

  constructor(private readonly most: number) {}

  /** In their order. */
  get inOrder(): readonly Match[] {
    return this.best;
  }

  add(matches: readonly Match[]): void {
    // One that two queries find is the same, or the later state of it.
    const byId = new Map([...this.best, ...matches].map((match) => [match.position.id, match]));
    this.best = [...byId.values()]
      .sort((one, other) => comparePositions(one.position, other.position))
      .slice(0, this.most);
  }
}
