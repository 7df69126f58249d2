/**
 * Stands in for the AWS CLI in the pages' commands, which a machine that tests need not have: `aws <service>
 * <operation> --name value …` is one call by the SDK. `--query a.b --output text` picks one value of the answer.
 */

const services = {
  dynamodb: ["@aws-sdk/client-dynamodb", "DynamoDBClient"],
  iam: ["@aws-sdk/client-iam", "IAMClient"],
  kms: ["@aws-sdk/client-kms", "KMSClient"],
};

const pascal = (kebab) => kebab.replaceAll(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());

const [service, operation, ...rest] = process.argv.slice(2);
const given = new Map();
for (let index = 0; index < rest.length; index += 2) given.set(rest[index].slice(2), rest[index + 1]);
const { query, output } = Object.fromEntries(["query", "output"].map((name) => [name, given.get(name)]));
given.delete("query");
given.delete("output");

const [library, client] = services[service];
const sdk = await import(library);
const command = new sdk[`${pascal(operation)}Command`](
  Object.fromEntries([...given].map(([name, value]) => [pascal(name), value])),
);
try {
  const { $metadata, ...answer } = await new sdk[client]({}).send(command);
  const picked = query?.split(".").reduce((value, name) => value?.[name], answer) ?? answer;
  console.log(output === "text" ? String(picked) : JSON.stringify(picked, null, 4));
} catch (error) {
  // As the AWS CLI ends when the service refuses.
  console.error(`An error occurred (${error.name}) when calling ${pascal(operation)}: ${error.message}`);
  process.exit(254);
}
