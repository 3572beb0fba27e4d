import { describe, expect, it } from '@jest/globals';
import type { VerificationView } from '@otp-relay/contracts';
import { describeWorld, phoneBook, type World } from './world/index.ts';

/** What a process sees whose machine's clock is wrong by `ms`; timers and the monotonic clock are not concerned. */
const clockOffBy = (ms: number): Record<string, string> => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    `const now = Date.now; Date.now = () => now() + ${ms};
     globalThis.Date = class extends Date { constructor(...a) { a.length ? super(...a) : super(Date.now()); } };`,
  )}`,
});
const tenMinutesMs = 600_000;
/** Long enough for a busy machine to make the call inside the step's time. */
const whatsappMs = 6_000;

describeWorld('processes whose clock is wrong', wrongClocks, { tenant: { whatsappMs } });

function wrongClocks(world: () => World): void {
  const phone = phoneBook();
  const delivered = (verification: VerificationView): boolean => verification.delivery === 'delivered';
  const stopWorkers = (): Promise<unknown> =>
    Promise.all(
      world()
        .workers.splice(0)
        .map((worker) => worker.kill()),
    );

  describe.each([
    ['ten minutes fast', tenMinutesMs],
    ['ten minutes slow', -tenMinutesMs],
  ])('%s', (_, offMs) => {
    it('a worker beside a right one falls back in time and takes no bell for an operator', async () => {
      await stopWorkers();
      await Promise.all([world().startWorker(clockOffBy(offMs)), world().startWorker()]);
      const ids = await Promise.all(
        ['02', '02', '02', '17'].map((behaviour) => world().send({ to: { phone: phone(behaviour) } })),
      );
      for (const id of ids) {
        await world().until('the fallback', id, delivered, 20_000);
        const timeline = await world().timeline(id);
        const at = (...types: string[]): number =>
          Date.parse(timeline.find((e) => types.includes(e.type))?.at ?? '');
        expect(timeline.map((e) => e.type)).not.toContain('next');
        // A receipt may be quicker than the answer; the step's time counts from whichever came first.
        const lateMs = at('fallback') - at('attempt_accepted', 'attempt_sent') - whatsappMs;
        expect(lateMs).toBeGreaterThanOrEqual(0);
        expect(lateMs).toBeLessThan(3_000);
      }
    }, 60_000);

    it('an api gives a code its true life', async () => {
      await world().api().kill();
      await world().startApi(clockOffBy(offMs));
      const sentAt = Date.now();
      const id = await world().send({ to: { phone: phone('00') }, lifeMs: 60_000 });
      const { expiresAt, createdAt } = await world().get(id);
      expect(Math.abs(Date.parse(createdAt) - sentAt)).toBeLessThan(2_000);
      expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(60_000);
      await world().until('the delivery', id, delivered);
      await world().api().kill();
      await world().startApi();
    }, 40_000);
  });
}
