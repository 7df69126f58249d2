import { jsonReply, type AwsReply } from "./repair";

/**
 * Moto answers an operation that it lacks with an HTML page and status 500, which clients retry and cannot
 * read. This says which operation is missing, once, in the form that they expect.
 */
export function explainMissingOperation(target: string, reply: AwsReply): AwsReply {
  const contentType = String(reply.headers["content-type"] ?? "");
  if (reply.status !== 500 || !contentType.includes("text/html")) return reply;
  const operation = target || "this operation";
  return jsonReply(
    {
      __type: "NotImplementedException",
      message: `The local AWS does not do ${operation}: moto failed on it, its log says why.`,
    },
    400,
  );
}
