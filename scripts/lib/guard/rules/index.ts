/** Every rule, in the order of docs/guard.md. */

import type { Rule } from "../rule";
import { losesAuditRecords } from "./audit";
import { startsWithOneUnit, switchesBillingOften } from "./billing";
import { destroysTable } from "./destroys-table";
import { rebuildsIndex, renamesIndex, severalIndexChanges } from "./indexes";
import { foreignNames } from "./foreign-names";
import { destroysKey, leavesDataBehind, movesKeyAlias } from "./keys";
import { dropsRecovery, liftsProtection } from "./protection";
import { publicPolicy } from "./public-policy";
import { replacesData } from "./replaces-data";
import { replacesStream } from "./streams";
import { renamesTtl } from "./time-to-live";

export const rules: readonly Rule[] = [
  destroysTable,
  destroysKey,
  movesKeyAlias,
  leavesDataBehind,
  replacesData,
  severalIndexChanges,
  renamesIndex,
  rebuildsIndex,
  renamesTtl,
  switchesBillingOften,
  startsWithOneUnit,
  liftsProtection,
  dropsRecovery,
  replacesStream,
  losesAuditRecords,
  publicPolicy,
  foreignNames,
];
