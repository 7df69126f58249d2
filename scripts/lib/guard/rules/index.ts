/** Every rule, in the order of the page. */

import type { Rule } from "../rule";
import { destroysTable } from "./destroys-table";

export const rules: readonly Rule[] = [destroysTable];
