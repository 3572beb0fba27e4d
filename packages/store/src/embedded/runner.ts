import { execFileSync, spawnSync } from 'node:child_process';

/** Who runs Postgres: `{}` is ourselves; root is refused by Postgres, so root runs it as the system user `postgres`. */
export interface Runner {
  readonly uid?: number;
  readonly gid?: number;
}

/** Picks the user, creating `postgres` when we are root and it is missing. */
export function pickRunner(): Runner {
  if (process.getuid?.() !== 0) return {};
  const found = lookUp();
  if (found) return found;
  try {
    execFileSync('groupadd', ['--force', '--system', 'postgres'], { stdio: 'pipe' });
    execFileSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'], {
      stdio: 'pipe',
    });
  } catch (cause) {
    // Two processes may start at once: the other one made it, or nobody can.
    if (!lookUp())
      throw new Error('Postgres refuses to run as root and no `postgres` user could be made.', { cause });
  }
  const made = lookUp();
  if (!made) throw new Error('Postgres refuses to run as root and there is no `postgres` user.');
  return made;
}

/** Tries it instead of reasoning about modes: does this command succeed when that user runs it? */
export const succeedsAs = (runner: Runner, command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { ...runner, cwd: '/', stdio: 'ignore' }).status === 0;

function lookUp(): Required<Runner> | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  });
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}
