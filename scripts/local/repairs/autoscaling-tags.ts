import { jsonReply, type AwsCall, type Repair } from "./repair";

const service = "AnyScaleFrontendService";

interface Input {
  readonly ResourceARN?: string;
  readonly Tags?: Readonly<Record<string, string>>;
  readonly TagKeys?: readonly string[];
}

/**
 * Tags of scalable targets, which moto 5.2.1 does not keep, and what the autoscaler has done. The provider reads them after it registers a
 * target, and plans to add whatever is not there.
 */
export function autoscalingTags(): Repair {
  const tagsOf = new Map<string, Record<string, string>>();
  return (call, forward) => {
    switch (call.target) {
      case `${service}.RegisterScalableTarget`:
        return forward().then((reply) => {
          const { ScalableTargetARN: arn } = JSON.parse(reply.body.toString()) as {
            ScalableTargetARN?: string;
          };
          const { Tags } = input(call);
          if (arn !== undefined && Tags !== undefined) tagsOf.set(arn, { ...tagsOf.get(arn), ...Tags });
          return reply;
        });
      // Nothing scales here: moto does not know the operation, and nothing has happened.
      case `${service}.DescribeScalingActivities`:
        return Promise.resolve(jsonReply({ ScalingActivities: [] }));
      case `${service}.ListTagsForResource`:
        return Promise.resolve(jsonReply({ Tags: tagsOf.get(input(call).ResourceARN ?? "") ?? {} }));
      case `${service}.TagResource`: {
        const { ResourceARN = "", Tags } = input(call);
        tagsOf.set(ResourceARN, { ...tagsOf.get(ResourceARN), ...Tags });
        return Promise.resolve(jsonReply({}));
      }
      case `${service}.UntagResource`: {
        const { ResourceARN = "", TagKeys = [] } = input(call);
        for (const key of TagKeys) delete tagsOf.get(ResourceARN)?.[key];
        return Promise.resolve(jsonReply({}));
      }
      default:
        return undefined;
    }
  };
}

const input = ({ body }: AwsCall): Input => JSON.parse(body.toString()) as Input;
