/** What `terraform plan -json` and `apply -json` print: a message a line (Terraform: "Machine-Readable UI"). */

export type ResourceChange = "create" | "update" | "replace" | "delete";

export interface PlanMessages {
  /** As people read it: for the log, and for what is told of an error. */
  readonly text: string;
  readonly changes: Readonly<Record<ResourceChange, number>>;
}

export interface Message {
  readonly "@message"?: string;
  readonly type?: string;
  readonly change?: { readonly action?: string };
  /** Of `apply_start`, `apply_complete` and `apply_errored`. */
  readonly hook?: { readonly resource?: { readonly addr?: string }; readonly action?: string };
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail?: string };
}

export function readPlanMessages(output: string): PlanMessages {
  const changes = { create: 0, update: 0, replace: 0, delete: 0 };
  const lines: string[] = [];
  for (const line of output.split("\n").filter((text) => text.trim() !== "")) {
    const message = readMessage(line);
    lines.push(message === undefined ? line : textOf(message));
    const action = message?.type === "planned_change" ? message.change?.action : undefined;
    if (action !== undefined && action in changes) changes[action as ResourceChange] += 1;
  }
  return { text: `${lines.join("\n")}\n`, changes };
}

/** Nothing of a line that is no JSON: before it can print that, Terraform prints text. */
export function readMessage(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}

/** A message as people read it. */
export function textOf({ "@message": message = "", diagnostic }: Message): string {
  if (diagnostic === undefined) return message;
  const { severity, summary, detail } = diagnostic;
  const title = `${severity === "error" ? "Error" : "Warning"}: ${summary}`;
  return detail ? `${title}\n\n${detail}\n` : title;
}
