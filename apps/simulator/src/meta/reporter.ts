import type { ReceiptStep } from '../behaviour/behaviour.ts';
import type { Answer } from '../courier.ts';
import type { Message, Receipt } from '../phone/message.ts';
import type { World } from '../world.ts';
import type { Sender } from './account.ts';
import { didNotRequestItem, type Item, statusItem, webhookPayload } from './payload.ts';
import { postWebhook } from './webhook.ts';

type Waiting = { readonly item: Item; readonly onAnswer: (answer: Answer) => void };

type Batch = { readonly waiting: Waiting[]; readonly done: Promise<void>; readonly flush: () => void };

const answersKept = 20;

/** Sends Meta's receipts, alone or gathered into one POST per number and window. */
export class Reporter {
  readonly #world: World;
  readonly #batches = new Map<string, Batch>();

  constructor(world: World) {
    this.#world = world;
    world.schedule.onClear(() => this.#batches.clear());
  }

  /** Resolves when the POST that carries the step was tried for the first time. */
  report(sender: Sender, message: Message, step: ReceiptStep): Promise<void> {
    const at = Date.now();
    const isTap = step.status === 'did_not_request_code';
    const item = isTap ? didNotRequestItem(message, sender, at) : statusItem(message, step, at);
    const receipt: Receipt = {
      status: step.status,
      errorCode: step.error ?? null,
      at,
      answers: [],
      firstAnswerMs: null,
    };
    message.receipts.push(receipt);
    const onAnswer = ({ status, afterMs }: Answer) => {
      receipt.firstAnswerMs ??= afterMs;
      if (receipt.answers.length < answersKept) {
        receipt.answers.push(status);
      }
      this.#world.messages.changed(message);
    };
    if (this.#world.settings.metaBatchMs === 0) {
      return this.#post(sender, [{ item, onAnswer }]);
    }
    return this.#join(sender, { item, onAnswer });
  }

  #join(sender: Sender, waiting: Waiting): Promise<void> {
    const key = `${sender.phoneNumberId} ${sender.webhookUrl}`;
    const batch = this.#batches.get(key) ?? this.#open(key, sender);
    batch.waiting.push(waiting);
    if (batch.waiting.length >= this.#world.settings.metaBatchMax) {
      batch.flush();
    }
    return batch.done;
  }

  #open(key: string, sender: Sender): Batch {
    const waiting: Waiting[] = [];
    let flush = () => {};
    const done = new Promise<void>((resolve) => {
      flush = () => {
        if (this.#batches.get(key)?.waiting === waiting) {
          this.#batches.delete(key);
          void this.#post(sender, waiting).then(resolve);
        }
      };
    });
    const batch = { waiting, done, flush };
    this.#batches.set(key, batch);
    this.#world.schedule.after(this.#world.settings.metaBatchMs, flush);
    return batch;
  }

  #post(sender: Sender, waiting: readonly Waiting[]): Promise<void> {
    const payload = webhookPayload(
      sender,
      waiting.map((one) => one.item),
    );
    return postWebhook(this.#world, sender, payload, (answer) => {
      for (const one of waiting) {
        one.onAnswer(answer);
      }
    });
  }
}
