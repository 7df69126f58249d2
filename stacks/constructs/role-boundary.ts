import type { IamRoleConfig } from "@cdktf/provider-aws/lib/iam-role";
import { roleBoundaryName } from "../naming";
import type { ServicesStack } from "../services-stack";

/**
 * The permissions boundary of a role that the pipeline makes, where there is a pipeline: whatever is written into
 * such a role, it can do no more than the boundary has (IAM: "Permissions boundaries for IAM entities"). The
 * bootstrap stack owns it.
 */
export const roleBoundary = ({
  environment: { name, pipeline },
  accountId,
}: Pick<ServicesStack, "environment" | "accountId">): Pick<IamRoleConfig, "permissionsBoundary"> =>
  pipeline === undefined
    ? {}
    : { permissionsBoundary: `arn:aws:iam::${accountId}:policy/${roleBoundaryName(name)}` };
