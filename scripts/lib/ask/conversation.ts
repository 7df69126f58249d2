import type { Agent, AgentAction } from "./agent";

/** An action that the agent took, and what it gave. */
export interface ActionTaken extends AgentAction {
  /** In short; nothing when the agent does not say. */
  readonly outcome?: string;
}

export interface Conversation {
  readonly answer: string;
  readonly actions: readonly ActionTaken[];
  /** Whether a guardrail has changed the question or the answer. */
  readonly guardrail: boolean;
}

/** Hears of everything as it happens. */
export interface Listener {
  readonly text: (text: string) => void;
  readonly action: (action: AgentAction) => void;
  readonly outcome: (outcome: string) => void;
  readonly guardrail: () => void;
}

/** Asks once, and gathers what came of it. */
export async function converse(agent: Agent, question: string, listener: Listener): Promise<Conversation> {
  const taken: { readonly step: string; action: ActionTaken }[] = [];
  let answer = "";
  let guardrail = false;
  for await (const event of agent.ask(question)) {
    switch (event.kind) {
      case "text":
        answer += event.text;
        listener.text(event.text);
        break;
      case "action":
        taken.push({ step: event.step, action: event.action });
        listener.action(event.action);
        break;
      case "outcome": {
        const outcome = shortOutcome(event.text);
        const open = taken.filter(({ action }) => action.outcome === undefined);
        const of = open.find(({ step }) => step === event.step) ?? open[0];
        if (of !== undefined) of.action = { ...of.action, outcome };
        listener.outcome(outcome);
        break;
      }
      case "guardrail":
        guardrail = true;
        listener.guardrail();
        break;
    }
  }
  return { answer, actions: taken.map(({ action }) => action), guardrail };
}

/** Actions of this repository answer in JSON with a message (functions/brand-processing/actions.ts). */
function shortOutcome(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message : text;
  } catch {
    return text;
  }
}
