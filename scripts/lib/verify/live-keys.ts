import {
  DescribeKeyCommand,
  GetKeyRotationStatusCommand,
  NotFoundException,
  type KeyMetadata,
  type KMSClient,
} from "@aws-sdk/client-kms";
import { reading, type Reading } from "./reading";

/** Asks about each key once, however many tables it encrypts. */
export class KeyReader {
  private readonly described = new Map<string, Promise<Reading<KeyMetadata | undefined>>>();
  private readonly rotations = new Map<string, Promise<Reading<boolean>>>();

  constructor(private readonly kms: KMSClient) {}

  /** @param id ARN or alias. @returns nothing when there is no such key. */
  describe(id: string): Promise<Reading<KeyMetadata | undefined>> {
    return kept(this.described, id, () => reading(describe(this.kms, id)));
  }

  /** Whether the key is rotated every year. */
  isRotated(arn: string): Promise<Reading<boolean>> {
    return kept(this.rotations, arn, () =>
      reading(
        this.kms
          .send(new GetKeyRotationStatusCommand({ KeyId: arn }))
          .then(({ KeyRotationEnabled }) => KeyRotationEnabled === true),
      ),
    );
  }
}

async function describe(kms: KMSClient, id: string): Promise<KeyMetadata | undefined> {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId: id }))).KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}

function kept<T>(answers: Map<string, Promise<T>>, id: string, ask: () => Promise<T>): Promise<T> {
  const answer = answers.get(id) ?? ask();
  answers.set(id, answer);
  return answer;
}
