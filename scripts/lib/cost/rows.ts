/** An estimate as rows: for the table that people read, and the document that programs do. */

import { isThrottled, type Besides, type PlaceEstimate, type ProvidedUnits } from "./estimate";
import type { Charge } from "./fixed";
import { noMoney, type Dollars } from "./money";

/** What a row counts. */
export type Unit = "read units" | "write units" | "bytes" | "calls at most" | "calls" | "metrics";

export interface CostRow {
  readonly what: "reads" | "writes" | "storage" | keyof Besides;
  /** An index by its name; absent of the table itself. */
  readonly index?: string;
  /** A month's; undefined where it is not measured, which is not nothing. */
  readonly quantity: number | undefined;
  readonly unit: Unit;
  readonly onDemand: Dollars | undefined;
  readonly provisioned: Dollars | undefined;
  /** Units that are provided, such as `5` or `5 to 12`. */
  readonly units?: string;
}

export const placeRows = (places: readonly PlaceEstimate[]): readonly CostRow[] =>
  places.flatMap((place) => {
    const { index, onDemand, provisioned, storage } = place;
    const at = index === undefined ? {} : { index };
    const unitsOf = (direction: "read" | "write") =>
      provisioned && { units: unitsText(provisioned[direction], isThrottled(provisioned)) };
    return [
      {
        what: "reads",
        ...at,
        quantity: Number(place.readHalves) / 2,
        unit: "read units",
        onDemand: onDemand.read,
        provisioned: provisioned?.cost.read ?? noMoney,
        ...unitsOf("read"),
      },
      {
        what: "writes",
        ...at,
        quantity: Number(place.writeUnits),
        unit: "write units",
        onDemand: onDemand.write,
        provisioned: provisioned?.cost.write ?? noMoney,
        ...unitsOf("write"),
      },
      storageRow(index, storage, Number(place.storedBytes)),
    ] satisfies readonly CostRow[];
  });

export const storageRow = (
  index: string | undefined,
  month: Dollars | undefined,
  bytes: number | undefined,
): CostRow => ({
  what: "storage",
  ...(index !== undefined && { index }),
  quantity: bytes,
  unit: "bytes",
  onDemand: month,
  provisioned: month,
});

const units: Readonly<Record<keyof Besides, Unit>> = {
  recovery: "bytes",
  key: "calls at most",
  audit: "calls",
  alarms: "metrics",
};

/** Without what there is none of. */
export const besideRows = (besides: Partial<Besides>): readonly CostRow[] =>
  (Object.entries(besides) as readonly [keyof Besides, Charge][])
    .filter(([, { count }]) => count > 0)
    .map(([what, { month, count }]) => ({
      what,
      quantity: count,
      unit: units[what],
      onDemand: month,
      provisioned: month,
    }));

function unitsText({ least, most, needed }: ProvidedUnits, canThrottle: boolean): string {
  const provided = least === most ? String(least) : `${least} to ${most}`;
  return canThrottle && needed > most ? `${provided}, needs ${needed}` : provided;
}
