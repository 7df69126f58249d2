/** Has a model describe a brand. */

import { isoTime, systemClock, type Clock } from "../shared/clock";
import { AnswerRefused, promptFor, readAnswer, type Subject } from "./metadata";
import type { AnswerEnd, MetadataModel } from "./metadata-model";
import type { BrandMetadata } from "./model";

export interface GeneratorProps {
  readonly model: MetadataModel;
  readonly clock?: Clock;
}

const refused: Readonly<Record<Exclude<AnswerEnd, "whole">, string>> = {
  truncated: "The model's answer is longer than it may be, and was cut.",
  filtered: "The model gave no answer of its own: a filter or a guardrail came before.",
};

export class Generator {
  private readonly model: MetadataModel;
  private readonly clock: Clock;

  constructor({ model, clock = systemClock }: GeneratorProps) {
    this.model = model;
    this.clock = clock;
  }

  /** @throws AnswerRefused; ModelTrouble. */
  async generate(brand: Subject): Promise<BrandMetadata> {
    const { text, end } = await this.model.answer(promptFor(brand));
    if (end !== "whole") throw new AnswerRefused(refused[end]);
    return { ...readAnswer(text), model: this.model.id, generated_at: isoTime(this.clock()) };
  }
}
