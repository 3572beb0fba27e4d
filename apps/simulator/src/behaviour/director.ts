import { randomUUID } from 'node:crypto';

type Row = { readonly name: string; readonly firstCalls?: number };

/** A behaviour set by hand: for one recipient, or (`to` null) for whoever comes next. */
export type Script<B extends Row> = {
  readonly id: string;
  readonly to: string | null;
  /** How many calls are left; null = until dropped. */
  left: number | null;
  readonly behaviour: B;
};

/** Tells one provider how to treat each recipient: scripts first, then what the address itself asks for. */
export class Director<B extends Row> {
  readonly table: Readonly<Record<string, B>>;
  readonly #ofRecipient: (to: string) => B;
  readonly #ordinary: B;
  readonly #scripts: Script<B>[] = [];
  readonly #callsSoFar = new Map<string, number>();

  constructor(table: Readonly<Record<string, B>>, ofRecipient: (to: string) => B, ordinary: B) {
    this.table = table;
    this.#ofRecipient = ofRecipient;
    this.#ordinary = ordinary;
  }

  get scripts(): readonly Script<B>[] {
    return this.#scripts;
  }

  /** The row with this key or name. */
  named(name: string): B | undefined {
    return Object.hasOwn(this.table, name)
      ? this.table[name]
      : Object.values(this.table).find((row) => row.name === name);
  }

  script(script: Omit<Script<B>, 'id'>): Script<B> {
    const added = { id: randomUUID(), ...script };
    this.#scripts.push(added);
    return added;
  }

  drop(id: string): boolean {
    const index = this.#scripts.findIndex((script) => script.id === id);
    return index >= 0 && this.#scripts.splice(index, 1).length === 1;
  }

  /** Call once per provider call: it uses up scripts and counts the calls of rows that change their mind. */
  choose(to: string): B {
    const behaviour = this.#scripted(to) ?? this.#ofRecipient(to);
    if (behaviour.firstCalls === undefined) {
      return behaviour;
    }
    const calls = this.#callsSoFar.get(to) ?? 0;
    if (calls < behaviour.firstCalls) {
      this.#callsSoFar.set(to, calls + 1);
      return behaviour;
    }
    this.#callsSoFar.delete(to);
    return this.#ordinary;
  }

  clear(): void {
    this.#scripts.length = 0;
    this.#callsSoFar.clear();
  }

  #scripted(to: string): B | undefined {
    const script = this.#scripts.find((one) => one.to === to) ?? this.#scripts.find((one) => one.to === null);
    if (script && script.left !== null) {
      script.left -= 1;
      if (script.left <= 0) {
        this.drop(script.id);
      }
    }
    return script?.behaviour;
  }
}
