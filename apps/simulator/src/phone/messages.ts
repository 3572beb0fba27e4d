import { Ring } from '../ring.ts';
import type { Message } from './message.ts';

export type MessageQuery = {
  readonly to?: string | undefined;
  readonly channel?: string | undefined;
  readonly provider?: string | undefined;
  readonly attempt?: string | undefined;
  readonly arrived?: boolean | undefined;
  /** Only messages with a higher `seq`. */
  readonly afterSeq?: number | undefined;
  /** Only messages taken on later than this instant, in ms. */
  readonly afterAt?: number | undefined;
  readonly limit: number;
};

/** All phones and mailboxes: the newest messages, found by id, recipient or attempt. */
export class Messages {
  readonly #ring: Ring<Message>;
  readonly #byId = new Map<string, Message>();
  readonly #byKey = new Map<string, Message[]>();
  readonly #watchers = new Set<(message: Message) => void>();
  #seq = 0;

  constructor(capacity: number) {
    this.#ring = new Ring(capacity, (message) => this.#forget(message));
  }

  set capacity(capacity: number) {
    this.#ring.capacity = capacity;
  }

  get size(): number {
    return this.#ring.size;
  }

  add(draft: Omit<Message, 'seq'>): Message {
    this.#seq += 1;
    const message = { seq: this.#seq, ...draft };
    this.#ring.push(message);
    this.#byId.set(message.id, message);
    for (const key of keysOf(message)) {
      const listed = this.#byKey.get(key);
      if (listed) {
        listed.push(message);
      } else {
        this.#byKey.set(key, [message]);
      }
    }
    this.changed(message);
    return message;
  }

  byId(id: string): Message | undefined {
    return this.#byId.get(id);
  }

  /** Tells the watchers (the inbox page, waiting requests) that a message is new or different. */
  changed(message: Message): void {
    for (const watcher of this.#watchers) {
      watcher(message);
    }
  }

  watch(watcher: (message: Message) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Oldest first; the newest `limit` of those that match, or the oldest when paging with `afterSeq`. */
  find(query: MessageQuery): Message[] {
    const found: Message[] = [];
    const paging = query.afterSeq !== undefined;
    for (const message of this.#candidates(query)) {
      if (paging && message.seq <= (query.afterSeq ?? 0)) {
        break;
      }
      if (matches(message, query)) {
        found.push(message);
        if (!paging && found.length >= query.limit) {
          break;
        }
      }
    }
    return found.reverse().slice(0, query.limit);
  }

  clear(): void {
    this.#ring.clear();
    this.#byId.clear();
    this.#byKey.clear();
  }

  #candidates(query: MessageQuery): Iterable<Message> {
    const key = query.attempt ? `attempt ${query.attempt}` : query.to ? `to ${query.to}` : undefined;
    return key === undefined ? this.#ring.newestFirst() : [...(this.#byKey.get(key) ?? [])].reverse();
  }

  #forget(message: Message): void {
    // A mail that was sent again has the same Message-ID; the newer one keeps the entry.
    if (this.#byId.get(message.id) === message) {
      this.#byId.delete(message.id);
    }
    for (const key of keysOf(message)) {
      const listed = this.#byKey.get(key);
      // Messages leave in the order they came, so the one to forget is always the first.
      listed?.shift();
      if (listed?.length === 0) {
        this.#byKey.delete(key);
      }
    }
  }
}

function keysOf(message: Message): string[] {
  const to = `to ${message.to}`;
  return message.attemptId === null ? [to] : [to, `attempt ${message.attemptId}`];
}

/** True when the message answers every part of the query except `limit`. */
export function matches(message: Message, query: Omit<MessageQuery, 'limit'>): boolean {
  return (
    (query.to === undefined || message.to === query.to) &&
    (query.channel === undefined || message.channel === query.channel) &&
    (query.provider === undefined || message.provider === query.provider) &&
    (query.attempt === undefined || message.attemptId === query.attempt) &&
    (query.arrived === undefined || (message.arrivedAt !== null) === query.arrived) &&
    (query.afterSeq === undefined || message.seq > query.afterSeq) &&
    (query.afterAt === undefined || message.at > query.afterAt)
  );
}
