import type { Rule } from "../rule";
import { tableUpdates, text } from "../tables";
import { deployCommand, pages, twoSteps } from "../ways-out";

export const replacesStream: Rule = {
  id: "replaces-stream",
  title: "A stream gets another view",
  find: (plan) =>
    tableUpdates(plan).flatMap(({ table, before, after }) => {
      const [from, to] = [before, after].map((values) => text(values["stream_view_type"]));
      const isOn = [before, after].every((values) => values["stream_enabled"] === true);
      if (!isOn || from === to) return [];
      return [
        {
          subject: table,
          reason:
            `The plan changes the stream of ${table} from ${from} to ${to}: AWS makes a new stream, and what reads ` +
            "the old one stops without an error, with the records that it has not read.",
          wayOut: twoSteps(
            `stop the writers, let the readers finish, switch the stream off, ${deployCommand(plan)}`,
            `switch it on with ${to}, ${deployCommand(plan)}, point the readers at it`,
            pages.streams,
          ),
        },
      ];
    }),
};
