/** Keeps the newest `capacity` items in order of arrival; older ones fall off the far end. */
export class Ring<T> {
  #items: T[] = [];
  #head = 0;
  #capacity: number;
  readonly #onEvict: (item: T) => void;

  constructor(capacity: number, onEvict: (item: T) => void = () => {}) {
    this.#capacity = capacity;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  set capacity(capacity: number) {
    this.#capacity = capacity;
    this.#evict();
  }

  push(item: T): void {
    this.#items.push(item);
    this.#evict();
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  *newestFirst(): Generator<T> {
    for (let index = this.#items.length - 1; index >= this.#head; index -= 1) {
      yield this.#items[index] as T;
    }
  }

  #evict(): void {
    while (this.size > this.#capacity) {
      this.#onEvict(this.#items[this.#head] as T);
      this.#head += 1;
    }
    // Compacting only once per lap keeps a push O(1) on average.
    if (this.#head > this.#capacity) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }
}
