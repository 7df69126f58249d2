import type { ScopeName } from "./scopes";

export interface ScopedActions {
  readonly on: ScopeName;
  readonly actions: readonly `${string}:${string}`[];
}

export interface ResourceActions {
  /** For a refresh: the plan role has these alone. */
  readonly read: readonly ScopedActions[];
  readonly write: readonly ScopedActions[];
  /** Loses what cannot be made again. Nobody but a person does it where the environment is protected. */
  readonly loseData?: readonly ScopedActions[];
}

export const on = (scope: ScopeName, ...actions: ScopedActions["actions"]): ScopedActions => ({
  on: scope,
  actions,
});
