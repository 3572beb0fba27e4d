/** A command cannot go on: what is wrong and what to do about it, in the words printed to the person. */
export class CliFault extends Error {
  /** 1: the person can mend it by changing what was typed or written. 2: something else is broken. */
  readonly exitCode: 1 | 2;
  readonly fix: string | undefined;

  constructor(problem: string, more: { fix?: string; exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(problem, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'CliFault';
    this.fix = more.fix;
    this.exitCode = more.exitCode ?? 1;
  }
}
