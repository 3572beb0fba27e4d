/** One setting that is not usable. `value` is what was given, masked when secret; absent when nothing was. */
export interface ConfigProblem {
  readonly name: string;
  readonly problem: string;
  readonly value?: string;
  readonly example?: string;
}

/** The environment is not usable; `message` lists every problem, one line each, with an example to copy. */
export class ConfigFault extends Error {
  readonly code = 'OTP_CONFIG';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? '1 setting is' : `${problems.length} settings are`;
    super(`OTP_CONFIG: ${count} not usable.\n${problems.map(line).join('\n')}`);
    this.name = 'ConfigFault';
    this.problems = problems;
  }
}

const line = ({ name, problem, value, example }: ConfigProblem): string =>
  `  ${name} ${problem}${value === undefined ? '' : ` (it is ${value})`}${example ? `; example: ${name}=${example}` : ''}`;

/** Runs a reader of the environment; a {@link ConfigFault} is told to the person as it is, without a stack, and ends the process with 2. */
export function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (fault) {
    if (!(fault instanceof ConfigFault)) throw fault;
    process.stderr.write(`${fault.message}\n`);
    process.exit(2);
  }
}
