/** A profile as the table's item. */

import { marshall, NumberValueImpl } from "@aws-sdk/util-dynamodb";
import type { Profile } from "../../../functions/agent-matching/model";
import type { Item } from "./same-item";

/** The price as it was written: no floating point in between. */
export const profileItem = (profile: Profile): Item =>
  marshall(
    { ...profile, averagePrice: NumberValueImpl.from(profile.averagePrice) },
    { removeUndefinedValues: true },
  );
