/** An agent as those see it who ask; what model is behind it, nobody else knows. */

/** What an agent does while it answers, in its order. */
export type AgentEvent =
  /** A part of the answer. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly step: string; readonly action: AgentAction }
  /** What an action gave: of the same step. */
  | { readonly kind: "outcome"; readonly step: string; readonly text: string }
  /** A guardrail has put its own words in the place of the model's, or of the question. */
  | { readonly kind: "guardrail" };

export interface AgentAction {
  readonly name: string;
  /** As texts, which is how the agent sends them. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Agent {
  /** @throws CouldNotTell when there is no whole answer; what was told before has happened all the same. */
  ask(question: string): AsyncIterable<AgentEvent>;
}
