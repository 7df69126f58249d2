/** What a table costs a month under a workload. */

import { tableName } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { advise, readsAndWrites, type Advice, type BillingMode } from "./advice";
import { breakEvenFactor, maximumFactor } from "./break-even";
import type { Charge } from "./fixed";
import type { TableSurroundings } from "./installed";
import { part, sum, times, type Dollars } from "./money";
import { monthOf, total, type Place, type PlaceMonth, type TableMonth } from "./month";
import { hoursPerMonth, prices } from "./prices";
import {
  hourlyUnits,
  peakNeed,
  profileOf,
  requestCost,
  scaledCost,
  scaledPlaces,
  type Profile,
  type Scale,
  type ScaledCost,
  type ScaledPlace,
} from "./scale";
import type { TableWorkload } from "./workload";

/** Least and most of the day's hours, and what the busiest hour would need. */
export interface ProvidedUnits {
  readonly least: number;
  readonly most: number;
  readonly needed: number;
}

export interface Provided {
  readonly cost: ScaledCost;
  readonly read: ProvidedUnits;
  readonly write: ProvidedUnits;
}

export interface PlaceEstimate extends PlaceMonth {
  readonly storage: Dollars;
  readonly onDemand: ScaledCost;
  /** A local index takes its table's units. */
  readonly provisioned?: Provided;
}

export interface Load {
  readonly places: readonly ScaledPlace[];
  readonly profile: Profile;
  readonly requestsPerSecond: number;
  /** At what multiple of the load provisioned is no dearer; undefined where it always is. */
  readonly breakEvenFactor?: number;
  /** At what multiple autoscaling is at its maximum, and requests are throttled above. */
  readonly maximumFactor?: number;
}

/** What a table costs in either mode, its storage aside. */
export interface Besides {
  /** Point-in-time recovery, by bytes. */
  readonly recovery: Charge;
  /** Calls of the table's key: at most so many. */
  readonly key: Charge;
  /** Calls that a trail records. */
  readonly audit: Charge;
  /** Metrics of alarms. */
  readonly alarms: Charge;
}

export const chargesOf = ({ recovery, key, audit, alarms }: Besides): readonly Charge[] => [
  recovery,
  key,
  audit,
  alarms,
];

export interface TableEstimate {
  readonly spec: TableSpec;
  readonly table: string;
  readonly describes?: string;
  readonly billing: BillingMode;
  readonly month: TableMonth;
  readonly places: readonly PlaceEstimate[];
  readonly load: Load;
  /** The same in both modes. */
  readonly besides: Besides;
  /** All of it, either way. */
  readonly onDemand: Dollars;
  readonly provisioned: Dollars;
  readonly total: Dollars;
  readonly advice: Advice;
}

export interface Subject {
  readonly spec: TableSpec;
  readonly environment: EnvironmentName;
  readonly surroundings: TableSurroundings;
}

export const bytesPerGigabyte = 1_000_000_000n;
export const secondsPerMonth = hoursPerMonth * 3_600;

/**
 * DynamoDB has a table's key decrypted for each caller, and again after five minutes (AWS: "DynamoDB encryption at rest:
 * How it works"): at most so often in a month.
 */
export const keyRequestsPerCaller = hoursPerMonth * 12;

export function estimateTable(
  { spec, environment, surroundings }: Subject,
  workload: TableWorkload,
): TableEstimate {
  const month = monthOf(spec, workload);
  const profile = profileOf(workload);
  const scaled = scaledPlaces(spec, month.places, workload.provisioned);
  const places = month.places.map((place) => placeEstimate(place, scaled, profile));
  const besides: Besides = {
    recovery: recoveryOf(month.places),
    key: charge(prices.keyRequest, keyRequestsOf(month, workload)),
    audit: charge(prices.dataEvent, surroundings.isAudited ? Number(month.requests) : 0),
    alarms: surroundings.alarms,
  };
  const always = sum([
    ...places.map(({ storage }) => storage),
    ...chargesOf(besides).map((one) => one.month),
  ]);
  const requests = readsAndWrites(places.map(({ onDemand }) => onDemand));
  const units = readsAndWrites(places.flatMap(({ provisioned }) => (provisioned ? [provisioned.cost] : [])));
  const billing = workload.provisioned ? "provisioned" : spec.capacity.mode;
  const [onDemand, provisioned] = [sum([always, requests]), sum([always, units])];
  const [factor, maximum] = [breakEvenFactor(scaled, profile), maximumFactor(scaled, profile)];
  return {
    spec,
    table: tableName(spec, environment),
    ...(workload.describes && { describes: workload.describes }),
    billing,
    month,
    places,
    load: {
      places: scaled,
      profile,
      requestsPerSecond: Number(month.requests) / secondsPerMonth,
      ...(factor !== undefined && { breakEvenFactor: factor }),
      ...(maximum !== undefined && { maximumFactor: maximum }),
    },
    besides,
    onDemand,
    provisioned,
    total: billing === "on-demand" ? onDemand : provisioned,
    advice: advise({
      present: billing,
      onDemand: requests,
      provisioned: units,
      isThrottled: places.some(({ provisioned: one }) => one !== undefined && isThrottled(one)),
    }),
  };
}

/** Whether the busiest hour needs more than the maximum. */
export const isThrottled = ({ read, write }: Provided): boolean =>
  read.needed > read.most || write.needed > write.most;

function placeEstimate(place: PlaceMonth, scaled: readonly ScaledPlace[], profile: Profile): PlaceEstimate {
  const own = place.isLocal ? undefined : scaled.find(({ index }) => index === place.index);
  return {
    ...place,
    storage: part(prices.storedGigabyteMonth, place.storedBytes, bytesPerGigabyte),
    onDemand: requestCost(place, prices),
    ...(own && {
      provisioned: {
        cost: scaledCost(own, profile, prices),
        read: providedUnits(own.readHalves, own.scales.read, profile),
        write: providedUnits(2n * own.writeUnits, own.scales.write, profile),
      },
    }),
  };
}

function providedUnits(halfUnits: bigint, scale: Scale, profile: Profile): ProvidedUnits {
  const units = hourlyUnits(halfUnits, scale, profile);
  return { least: Math.min(...units), most: Math.max(...units), needed: peakNeed(halfUnits, scale, profile) };
}

/** AWS: point-in-time recovery is paid for by the size of the table and its local indexes. */
export function recoveryOf(places: readonly (Place & { readonly storedBytes: bigint })[]): Charge {
  const bytes = total(
    places
      .filter(({ index, isLocal }) => index === undefined || isLocal)
      .map(({ storedBytes }) => storedBytes),
  );
  return { month: part(prices.recoverableGigabyteMonth, bytes, bytesPerGigabyte), count: Number(bytes) };
}

const charge = (price: Dollars, count: number): Charge => ({ month: times(price, count), count });

/** No caller asks for the key more often than it calls the table. */
export const keyRequestsOf = ({ requests }: TableMonth, { callers }: TableWorkload): number =>
  Math.min(Number(requests), callers * keyRequestsPerCaller);
