import { join } from "node:path";
import { localFolder } from "../../scripts/lib/paths";
import type { EnvironmentName } from "../../tables/naming";

/** The Lambda of document 001, which this repository does not own. */
export const chatbot = "cg-production-chatbot";

/** What it has beside the table's name: never to be seen anywhere. */
export const secrets: Record<string, string> = {
  OPENAI_API_KEY: 'sk-proj-"quoted"-and-über-secret-4711',
  DATABASE_URL: "postgres://chatbot:hunter2@db.example.com/assets?sslmode=require",
  PROMPT: "Zeile eins\nline two\ttabbed \\n not a newline  ",
};

export function expectNoSecret(...texts: readonly string[]): void {
  for (const text of texts) {
    for (const value of Object.values(secrets)) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
    }
  }
}

/** What connecting a function of the local account leaves in this clone. */
export const connectionRecord = (environment: EnvironmentName, name = chatbot): string =>
  join(localFolder, "connections", environment, `123456789012.us-east-1.${name}.json`);
