import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf } from './errno-of.ts';

const waitMs = 60_000;
const pollMs = 25;

/** True while a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return errnoOf(fault) === 'EPERM';
  }
}

/** Runs `action` while no other process does so for this folder; a lock whose holder died is broken. */
export async function withLock<T>(folder: string, action: () => Promise<T>): Promise<T> {
  const lock = join(folder, 'starting.lock');
  const mine = `${lock}.${process.pid}.${process.hrtime.bigint()}`;
  writeFileSync(mine, String(process.pid));
  try {
    const giveUpAt = Date.now() + waitMs;
    while (!take(mine, lock)) {
      if (Date.now() > giveUpAt) throw new Error(`${lock} has been held for ${waitMs} ms.`);
      await delay(pollMs);
    }
    try {
      return await action();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A hard link appears with its content, so a holder's pid can always be read. */
function take(mine: string, lock: string): boolean {
  try {
    linkSync(mine, lock);
    return true;
  } catch {
    const holder = Number(readOr(lock, '0'));
    if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
    return false;
  }
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
