import { openStore } from '@otp-relay/store';

/**
 * A process of its own that moves the deadline of every verification named by 1 ms and writes a line to its timeline,
 * `rounds` times, as fast as it can, through the ledger's corridor: an update that is lost shows as a missing ms. Run by `race.test.ts`; arguments: database URL, rounds, ids with commas between.
 */
const [url = '', rounds = '0', ids = ''] = process.argv.slice(2);
const store = openStore({ url, maxConnections: 4, applicationName: 'racer' });
const all = ids.split(',');
console.log('racing');
for (let round = 0; round < Number(rounds); round += 1) {
  // Half the rounds name the ids backwards: only the ledger's own order keeps two processes from deadlocking.
  const batch = round % 2 === 0 ? all : [...all].reverse();
  await store.ledger.change(batch, ({ verification }, now) => ({
    verification: { ...verification, deadlineAt: (verification.deadlineAt ?? 0) + 1 },
    entries: [{ type: 'next', attemptId: null, at: now, detail: { round } }],
  }));
}
await store.close();
