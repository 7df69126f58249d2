/** How a request says who asks: a token, a signature, or nothing on this machine. */

import { AwsV4Signer } from "aws4fetch";
import type { Variables } from "../../../stacks/environments";
import { isLoopback } from "../../../stacks/local-endpoint";
import { CouldNotTell, describeError } from "../errors";

export interface Authorization {
  /** The headers of one GET; a signature holds for a few minutes only. */
  headers(url: URL): Promise<Readonly<Record<string, string>>>;
  /** What was shown and what to do when it is refused: a sentence, never the secret. */
  readonly refused: string;
}

export interface Signing {
  /** Of the environment, or the one that was asked for. */
  readonly region: string;
  readonly profile: string | undefined;
  readonly credentials: () => Promise<Credentials>;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** @throws CouldNotTell when API_TOKEN cannot be a token. */
export function authorizationFor(api: URL, variables: Variables, signing: Signing): Authorization {
  const token = variables["API_TOKEN"];
  const isLocal = isLoopback(api.href);
  if (token) return bearer(token, isLocal);
  return isLocal ? anonymous : signature(signing);
}

const setLocalToken = "Set API_TOKEN to the token that `npm run local` prints.";

function bearer(token: string, isLocal: boolean): Authorization {
  // fetch would repeat the whole header when it refuses it.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new CouldNotTell("API_TOKEN holds characters that no token has, such as a space or a line's end.");
  }
  return {
    headers: () => Promise.resolve({ authorization: `Bearer ${token}` }),
    refused: `It was shown the token of API_TOKEN. ${
      // Nothing is signed for this machine.
      isLocal
        ? setLocalToken
        : "Get a fresh one of this environment, or unset API_TOKEN to sign with AWS credentials instead."
    }`,
  };
}

const anonymous: Authorization = {
  headers: () => Promise.resolve({}),
  refused: `It was shown no token and no signature, since it is on this machine. ${setLocalToken}`,
};

function signature({ region, profile, credentials }: Signing): Authorization {
  return {
    async headers(url) {
      const signer = new AwsV4Signer({
        ...(await resolve(credentials)),
        url: url.href,
        method: "GET",
        service: "execute-api",
        region: regionOf(url) ?? region,
      });
      return Object.fromEntries((await signer.sign()).headers);
    },
    refused:
      `It was shown a signature with the AWS credentials of ${profile ? `the profile ${profile}` : "the default chain"}. ` +
      "Check that they are of the environment's account and may call execute-api:Invoke there, or set API_TOKEN.",
  };
}

async function resolve(credentials: Signing["credentials"]) {
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  } catch (error) {
    throw new CouldNotTell(
      `There are no AWS credentials to sign with: ${describeError(error)}. ` +
        "Sign in, give --profile, or set API_TOKEN.",
    );
  }
}

/** API Gateway's own host names tell the region; a domain of one's own does not. */
const regionOf = ({ hostname }: URL): string | undefined =>
  /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com$/.exec(hostname)?.[1];
