/** What `terraform plan -json` prints: a message a line (Terraform: "Machine-Readable UI"). */

export type ResourceChange = "create" | "update" | "replace" | "delete";

export interface PlanMessages {
  /** As people read it: for the log, and for what is told of an error. */
  readonly text: string;
  readonly changes: Readonly<Record<ResourceChange, number>>;
}

interface Message {
  readonly "@message"?: string;
  readonly type?: string;
  readonly change?: { readonly action?: string };
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail?: string };
}

export function readPlanMessages(output: string): PlanMessages {
  const changes = { create: 0, update: 0, replace: 0, delete: 0 };
  const lines: string[] = [];
  for (const line of output.split("\n").filter((text) => text.trim() !== "")) {
    const message = parse(line);
    lines.push(message === undefined ? line : textOf(message));
    const action = message?.type === "planned_change" ? message.change?.action : undefined;
    if (action !== undefined && action in changes) changes[action as ResourceChange] += 1;
  }
  return { text: `${lines.join("\n")}\n`, changes };
}

/** Before it can print JSON, Terraform prints text. */
function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}

function textOf({ "@message": message = "", diagnostic }: Message): string {
  if (diagnostic === undefined) return message;
  const { severity, summary, detail } = diagnostic;
  const title = `${severity === "error" ? "Error" : "Warning"}: ${summary}`;
  return detail ? `${title}\n\n${detail}\n` : title;
}
