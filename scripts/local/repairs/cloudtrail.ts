import { askMoto } from "./ask-moto";
import { isAccepted, parseJson } from "./lambda-call";
import type { Repair } from "./repair";

const cloudTrail = /CloudTrail_20131101\.(\w+)$/;
/** moto finds these by the name alone; whoever calls may name the ARN (CloudTrail: StartLogging, Name). */
const byName = new Set(["StartLogging", "StopLogging", "DeleteTrail"]);
const arn = /^arn:aws:cloudtrail:[\w-]+:\d{12}:trail\/(.+)$/;

interface Trail {
  readonly Name?: string;
  readonly TrailARN?: string;
}

/**
 * Trails. moto 5.2.1 starts, stops and deletes none that is named by its ARN, as the provider does, and describes all
 * of them whichever are asked for. It records no call: nothing is ever delivered into a bucket.
 */
export function cloudTrailTrails(motoUrl: string): Repair {
  return (call, forward) => {
    const operation = cloudTrail.exec(call.target)?.[1];
    if (operation === undefined) return undefined;
    const input = (parseJson(call.body) ?? {}) as {
      readonly Name?: string;
      readonly trailNameList?: readonly string[];
    };
    const name = arn.exec(input.Name ?? "")?.[1];
    if (byName.has(operation) && name !== undefined) {
      return askMoto(motoUrl, call, call.target, { ...input, Name: name });
    }
    const { trailNameList: asked = [] } = input;
    if (operation !== "DescribeTrails" || asked.length === 0) return undefined;
    return forward().then((reply) => {
      if (!isAccepted(reply)) return reply;
      const { trailList = [] } = (parseJson(reply.body) ?? {}) as { readonly trailList?: readonly Trail[] };
      const found = trailList.filter(({ Name = "", TrailARN = "" }) =>
        asked.some((one) => one === Name || one === TrailARN),
      );
      return { ...reply, body: Buffer.from(JSON.stringify({ trailList: found })) };
    });
  };
}
