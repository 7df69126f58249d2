import { CouldNotTell } from "../errors";

/** Where the function has to be. */
export interface Place {
  readonly region: string;
  readonly accountId?: string | undefined;
}

/** Lambda, "FunctionName": a name, `<account>:function:<name>` or an ARN, each perhaps with a qualifier. */
const form =
  /^(?:(?:arn:(?<partition>[\w-]+):lambda:(?<region>[a-z0-9-]+):)?(?<account>\d{12}):function:)?(?<name>[\w-]{1,64})(?<qualifier>:[\w$-]+)?$/;

/**
 * The name of a function out of any of its forms.
 *
 * @throws CouldNotTell for what is none, for a version or an alias, and for one of another region or account.
 */
export function readFunctionName(text: string, { region, accountId }: Place): string {
  const found = form.exec(text)?.groups;
  if (found?.["name"] === undefined) {
    throw new CouldNotTell(`"${text}" is no name and no ARN of a Lambda function. Give its name.`);
  }
  const { name, qualifier, region: itsRegion, account } = found;
  if (qualifier !== undefined) {
    throw new CouldNotTell(
      `Published versions never change, and an alias points at one: leave "${qualifier}" off. ` +
        `The function itself ($LATEST) is connected; publish a version after that.`,
    );
  }
  if (itsRegion !== undefined && itsRegion !== region) {
    throw new CouldNotTell(
      `The function is in ${itsRegion}, and ${region} is where this would look: give --region ${itsRegion}.`,
    );
  }
  if (account !== undefined && accountId !== undefined && account !== accountId) {
    throw new CouldNotTell(
      `The function is in account ${account}, and the environment in ${accountId}. ` +
        "Give the function of the environment's account.",
    );
  }
  return name;
}
