import { DashboardNotFoundError, GetDashboardCommand } from "@aws-sdk/client-cloudwatch";
import { isDeepStrictEqual } from "node:util";
import { declared } from "../finding";
import { aspect, unlessAbsent, type Look, type Looks } from "./look";
import { absent, deployStack } from "./same";

/** The dashboards of a stack, as a whole: whoever moved a widget sees in the console where. */
export const dashboardLooks: Looks = ({ stack, references, clients }) =>
  stack.all("aws_cloudwatch_dashboard").map(([, { dashboard_name: name, dashboard_body }]): Look => ({
    kind: "dashboard",
    name,
    see: async () => {
      const live = await unlessAbsent(
        clients.cloudWatch.send(new GetDashboardCommand({ DashboardName: name })),
        DashboardNotFoundError,
      );
      if (live?.DashboardBody === undefined) return { differences: [absent("a dashboard")] };
      const body = live.DashboardBody;
      return {
        differences: await aspect("body", async () => {
          const expected = await references.resolve(dashboard_body);
          return isDeepStrictEqual(JSON.parse(expected), JSON.parse(body))
            ? []
            : [declared("body", "as declared", "differs", deployStack)];
        }),
      };
    },
  }));
