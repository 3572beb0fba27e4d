import type { Engine } from '@otp-relay/engine';
import type { Tape } from './tape.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A process of the installation, from its start to its death. A restarted one is another machine. */
export interface Machine {
  readonly name: string;
  readonly engine: Engine;
  readonly wire: Wire;
}

/** What a machine's calls to the outside go through. */
export interface Wire {
  readonly up: () => boolean;
  /** Up, and not stopped by SIGSTOP, a long collection of garbage or a closed laptop lid. */
  readonly awake: () => boolean;
  /** Since when nothing went wrong with it. */
  readonly calmSince: () => number;
  /** Does `act` after `ms`, unless the machine is dead by then; while it is frozen everything waits. */
  readonly later: (ms: number, act: () => void) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Sleeps on, `ms` at a time, until there is something to do. */
  readonly doze: (ms: number, something: () => boolean) => Promise<void>;
  /**
   * A call whose effects happen elsewhere, one after the other. On its way it may be slow, be lost with its connection
   * or with its machine, before, between or after the effects; or the machine freezes before it hears the answer.
   */
  readonly call: <T>(what: string, effects: readonly (() => T)[]) => Promise<T[]>;
  readonly crash: () => void;
  readonly freeze: (ms: number) => void;
}

export interface WireOptions {
  readonly tape: Tape;
  readonly time: VirtualTime;
  readonly tell: (line: string) => void;
  readonly onCrash: () => void;
  /** What a call that lost its connection rejects with. */
  readonly lost: () => Error;
}

/** Of a thousand calls. The rest goes well. */
const perMille = { crash: 20, lost: 15, slow: 15, freeze: 12 } as const;
const freezesMs = [1_000, 6_000, 9_000, 30_000, 70_000] as const;
const slowMs = [200, 1_200, 4_000] as const;

export function createWire(name: string, options: WireOptions): Wire {
  const { tape, time, tell, onCrash, lost } = options;
  let up = true;
  let frozenUntil = 0;
  let calmSince = time.now();

  const frozen = (): boolean => time.now() < frozenUntil;
  function later(ms: number, act: () => void): void {
    time.after(ms, () => {
      if (!up) return;
      if (frozen()) later(frozenUntil - time.now(), act);
      else act();
    });
  }
  function crash(): void {
    if (!up) return;
    up = false;
    tell(`${name} dies`);
    onCrash();
  }
  function freeze(ms: number): void {
    frozenUntil = Math.max(frozenUntil, time.now() + ms);
    calmSince = frozenUntil;
    tell(`${name} freezes for ${ms} ms`);
  }
  function fate(): keyof typeof perMille | 'well' {
    let roll = 999 - tape.choose(1_000);
    for (const [name, share] of Object.entries(perMille) as [keyof typeof perMille, number][]) {
      if (roll < share) return name;
      roll -= share;
    }
    return 'well';
  }

  async function call<T>(what: string, effects: readonly (() => T)[]): Promise<T[]> {
    const met = fate();
    const broken = met === 'crash' || met === 'lost';
    const done = broken ? tape.choose(effects.length + 1) : effects.length;
    const there = met === 'slow' ? tape.pick(slowMs) : 1;
    return new Promise((resolve, reject) => {
      later(there, () => {
        const results: T[] = [];
        try {
          for (const effect of effects.slice(0, done)) results.push(effect());
        } catch (fault) {
          later(1, () => reject(fault));
          return;
        }
        if (met !== 'well') tell(`${name}: ${what} meets "${met}" after ${done} of ${effects.length}`);
        if (broken || met === 'slow') calmSince = time.now();
        if (met === 'crash') crash();
        if (met === 'freeze') freeze(tape.pick(freezesMs));
        later(1, () => (met === 'lost' ? reject(lost()) : resolve(results)));
      });
    });
  }

  return {
    up: () => up,
    awake: () => up && !frozen(),
    calmSince: () => calmSince,
    later,
    sleep: (ms) => new Promise((resolve) => later(ms, resolve)),
    doze: (ms, something) =>
      new Promise((resolve) => time.doze(ms, () => up && !frozen() && something(), resolve)),
    call,
    crash,
    freeze,
  };
}
