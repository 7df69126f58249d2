/** Stands in for the models of Bedrock, on the local AWS only: the same question always gets the same answer. */

/** A question as Converse asks it: texts only. */
export interface Question {
  readonly modelId: string;
  readonly system: string;
  /** The last message of the user. */
  readonly user: string;
}

/** An answer, or the exception that Bedrock throws in its place. */
export type ModelReply =
  | { readonly text: string; readonly stopReason?: "end_turn" | "max_tokens" | "guardrail_intervened" }
  | { readonly exception: string; readonly status: number; readonly message: string };

export type Model = (question: Question) => ModelReply | Promise<ModelReply>;

/** What every summary begins with: nobody takes the stub for a model. */
export const stubLabel = "[stub model, local only]";

/** Characters, and how many. */
const most = { entry: 80, keywords: 10 } as const;

/** Writes the metadata of the brand between `<brand>` and `</brand>`, out of its name and sector alone. */
export const stubModel: Model = ({ user }) => {
  const brand = brandIn(user);
  if (brand === undefined) return { text: `${stubLabel} I know nothing but brands.` };
  const { brandname, sector } = brand;
  const words = `${brandname} ${sector} brand`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const keywords = [...new Set(words)].filter((word) => word !== "" && word.length <= most.entry);
  const metadata = {
    summary: `${stubLabel} ${brandname} is a brand of the sector ${sector}.`,
    keywords: keywords.slice(0, most.keywords),
    categories: [sector.slice(0, most.entry)],
  };
  return { text: JSON.stringify(metadata) };
};

function brandIn(text: string): { readonly brandname: string; readonly sector: string } | undefined {
  const [, json = ""] = /<brand>(.*)<\/brand>/s.exec(text) ?? [];
  try {
    const { brandname, sector } = JSON.parse(json) as Record<string, unknown>;
    return { brandname: printable(brandname), sector: printable(sector) };
  } catch {
    return undefined;
  }
}

const printable = (text: unknown): string =>
  String(text)
    .replace(/[\p{C}\s]+/gu, " ")
    .trim() || "unknown";
