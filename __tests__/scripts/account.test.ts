import { accountOf } from "../../scripts/lib/account";
import type { AwsClients } from "../../scripts/lib/aws";

const clients = (answer: () => Promise<object>, accountId?: string) =>
  ({
    sts: { send: answer } as unknown as AwsClients["sts"],
    ...(accountId !== undefined && { accountId }),
  }) as const;
const { signal } = new AbortController();
const says = (Account: string) => () => Promise.resolve({ Account });

describe("the account of the credentials", () => {
  it("is the one that AWS names, also where the environment's is not known", async () => {
    expect(await accountOf(clients(says("123456789012")), signal)).toBe("123456789012");
    expect(await accountOf(clients(says("123456789012"), "123456789012"), signal)).toBe("123456789012");
  });

  it("is asked for where the environment's is known: credentials have to be accepted", async () => {
    const refused = () => Promise.reject(new Error("The security token is expired"));
    await expect(accountOf(clients(refused, "123456789012"), signal)).rejects.toThrow(
      "AWS does not say whose credentials these are: The security token is expired",
    );
  });

  it("is refused when it is another than the environment's", async () => {
    await expect(accountOf(clients(says("210987654321"), "123456789012"), signal)).rejects.toThrow(
      "These are credentials of account 210987654321, not 123456789012. Use a profile of the environment's account.",
    );
  });
});
