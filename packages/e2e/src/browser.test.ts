import { afterEach, describe, expect, it } from '@jest/globals';
import { intakeQueue, type QueueName, queueNames, sendQueueOf, timeoutsQueue } from '@otp-relay/queue';
import { describeWithBrowser, type TestBrowser, type Visit, waitFor } from '@otp-relay/testkit';
import type { Queue } from 'bullmq';
import type { Page } from 'playwright-core';
import { describeWorld, phoneBook, type World } from './world/index.ts';

const boardPassword = 'e2e-board-password';
const desktop = { viewport: { width: 1280, height: 800 } };
const handset = { viewport: { width: 390, height: 844 } };
/** A code that occurs nowhere by chance. */
const canaryCode = 'QX7Z-VJ9K';

const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');

function queueOf(world: World, name: QueueName): Queue {
  const queue = world.house.producer.queues().find((it) => it.name === name);
  if (!queue) throw new Error(`there is no queue ${name}`);
  return queue;
}

/** The page of a job, text and markup, once for each of its tabs. */
async function everythingShown(page: Page): Promise<string> {
  const shown = [await page.content()];
  for (const tab of await page.getByRole('tab').all()) {
    const logs = (await tab.textContent()) === 'Logs' && page.waitForResponse(/\/logs\b/);
    await tab.click();
    await logs;
    await page.getByRole('tabpanel').first().waitFor();
    shown.push(await page.content());
  }
  return shown.join('\n');
}

interface Opened {
  readonly browser: () => TestBrowser;
  readonly world: () => World;
  readonly phone: ReturnType<typeof phoneBook>;
}

function inboxPromises({ browser, world, phone }: Opened): void {
  const visits: Visit[] = [];
  const inbox = async (options = desktop): Promise<Visit> => {
    const visit = await browser().open({
      ...options,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    visits.push(visit);
    await visit.page.goto(world().simulator.http);
    await visit.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    return visit;
  };
  // No error on the console, nothing asked of another host, whatever the test was about.
  afterEach(() => {
    for (const { complaints } of visits.splice(0)) expect(complaints).toEqual([]);
  });

  it('says how to begin while nothing has arrived, on any screen', async () => {
    for (const [name, screen] of Object.entries({ desktop, handset })) {
      const { page, screenshot } = await inbox(screen);
      await page.getByRole('heading', { name: 'Nothing has arrived yet' }).waitFor();
      expect(await page.getByRole('button', { name: 'Send a sample WhatsApp' }).isVisible()).toBe(true);
      expect(await scrollsSideways(page)).toBe(false);
      await screenshot(`inbox-empty-${name}`);
    }
  });

  it('shows a whatsapp code as it arrives, to copy, with its receipts', async () => {
    const { page, screenshot } = await inbox();
    const to = phone('00');
    const id = await world().send({ to: { phone: to } });
    const message = page.getByRole('listitem').filter({ hasText: id.replace('vrf_', 'att_') });
    await message.getByRole('button', { name: 'Copy code' }).click();
    const [arrived] = await world().simulator.messages({ to });
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(arrived?.code);
    expect(await message.locator('article').textContent()).toContain(arrived?.code);
    expect(await message.textContent()).toContain(to);
    const receipts = message.getByRole('list', { name: 'Receipts' });
    await receipts.getByTitle('answer of the webhook').nth(1).waitFor();
    expect(await receipts.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/^accepted/),
      expect.stringMatching(/^sent\+.*200$/),
      expect.stringMatching(/^delivered\+.*200$/),
    ]);
    expect(await page.getByRole('heading', { name: 'Nothing has arrived yet' }).isVisible()).toBe(false);
    await screenshot('inbox-whatsapp');
  });

  it('shows one recipient alone, by filter or by choice', async () => {
    const { page, screenshot } = await inbox();
    const [one, other] = [phone('01', '00'), phone('00')];
    for (const to of [one, other]) await world().send({ to: { phone: to } });
    await world().send({ to: { email: 'ana@example.test' }, route: ['email'] });
    const messages = page.locator('.message');
    await messages.filter({ hasText: one }).nth(1).waitFor();
    await messages.filter({ hasText: other }).waitFor();
    await messages.filter({ hasText: 'ana@example.test' }).waitFor();
    await messages.filter({ hasText: one }).locator('li.delivered').waitFor();
    await screenshot('inbox-all-channels');

    await page.keyboard.press('/');
    await page.keyboard.type(one);
    await waitFor('the filter to apply', async () => (await messages.count()) === 2);
    expect(await messages.filter({ hasText: one }).count()).toBe(2);
    await screenshot('inbox-filtered');
    await page.keyboard.press('Escape');
    await messages.filter({ hasText: other }).waitFor();
    await page.getByRole('navigation').getByRole('button', { name: other }).click();
    await page.getByRole('heading', { name: other }).waitFor();
    expect(await messages.count()).toBe(1);
  });

  it('is used without a mouse', async () => {
    const { page, screenshot } = await inbox();
    const filter = page.getByRole('searchbox');
    const focused = () => filter.evaluate((element) => element.matches(':focus'));
    const dialog = page.getByRole('dialog', { name: 'Magic numbers' });
    const current = page.locator('.person[aria-current="true"]');
    const to = phone('00');
    await world().send({ to: { phone: to } });
    await page.locator('.person').filter({ hasText: to }).waitFor();

    await page.keyboard.press('/');
    expect(await focused()).toBe(true);
    expect(await filter.inputValue()).toBe('');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe(false);
    await page.keyboard.press('j');
    expect(await current.textContent()).toContain(to);
    await page.keyboard.press('k');
    expect(await current.textContent()).toContain('Everyone');

    await page.keyboard.press('?');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: '+12025550100' }).first().click();
    await page.getByRole('status').filter({ hasText: 'copied' }).waitFor();
    await screenshot('inbox-magic-numbers');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Magic numbers' }).click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  it('never scrolls sideways on a phone', async () => {
    const { page, screenshot } = await inbox(handset);
    const to = { email: 'a.person.with.a.rather.long.name@a-subdomain.example.test' };
    await world().send({ to, route: ['email'] });
    await page.locator('.person').filter({ hasText: to.email }).waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    await screenshot('inbox-handset-people');
    await page.locator('.person').first().click();
    await page.locator('.message').last().waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    await page.getByRole('button', { name: 'Show HTML' }).last().click();
    await page.locator('iframe').last().waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    await screenshot('inbox-handset-thread');
    await page.getByRole('button', { name: 'Recipients' }).click();
    await page.getByRole('button', { name: 'Magic numbers' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    await screenshot('inbox-handset-numbers');
  });
}

function boardPromises({ browser, world, phone }: Opened): void {
  const board = async (path = ''): Promise<Visit> => {
    const httpCredentials = { username: 'operator', password: boardPassword };
    const visit = await browser().open({ ...desktop, httpCredentials });
    await visit.page.goto(`${world().apiUrl}/board${path}`);
    return visit;
  };

  it('asks for credentials', async () => {
    for (const httpCredentials of [undefined, { username: 'operator', password: 'a wrong one' }]) {
      const { page } = await browser().open({ ...(httpCredentials && { httpCredentials }) });
      const answered = page.waitForResponse(/\/board$/);
      // Chromium leaves the page when nobody can be asked for a password.
      await page.goto(`${world().apiUrl}/board`).catch(() => undefined);
      expect((await answered).status()).toBe(401);
      expect((await answered).headers()['www-authenticate']).toMatch(/^Basic /);
    }
  });

  it('lists every queue, with nothing fetched from another host', async () => {
    const { page, complaints, screenshot } = await board();
    for (const name of queueNames) await page.getByRole('link', { name, exact: true }).first().waitFor();
    await screenshot('board-queues');
    expect(complaints.filter((complaint) => complaint.startsWith('asked'))).toEqual([]);
  });

  it('shows no address and no code of any job', async () => {
    const to = { phone: '+14155550177', email: 'canary.person@example.test' };
    const stranger = `from-${to.phone}`;
    const failing = queueOf(world(), intakeQueue);
    await failing.add(
      `send ${to.phone}`,
      { v: 1, tenant: world().tenantId, to, purpose: canaryCode, note: to.email, [to.phone]: canaryCode },
      { jobId: stranger },
    );
    await waitFor('the job to fail', async () => (await failing.getFailedCount()) > 0);
    await (await failing.getJob(stranger))?.log(`for ${to.phone}, ${to.email}`);

    const mail = queueOf(world(), sendQueueOf('email'));
    await mail.pause();
    const { client } = world();
    const mailed = await client.send({ to: { email: to.email }, route: ['email'], code: canaryCode });
    const awaited = await client.send({ to: { phone: phone('02') }, code: canaryCode });
    await world().until('whatsapp to be awaited', awaited.id, (v) => v.delivery === 'awaiting');

    const { page, screenshot } = await board();
    for (const [queue, shows] of [
      [intakeQueue, 'OTP_INVALID_REQUEST'],
      [sendQueueOf('email'), mailed.id],
      [timeoutsQueue, awaited.id],
    ] as const) {
      await page
        .getByRole('link', { name: new RegExp(`^${queue}\\b(?!-)`) })
        .first()
        .click();
      await page.getByText(shows).first().waitFor();
      await screenshot(`board-${queue}`);
      const list = await page.content();
      await page.locator('a[href*="/board/queue/"][href*="hidden-"], a[href*="att_"]').first().click();
      await page.waitForURL(/(?:hidden-|att_)/);
      await page.getByRole('tabpanel').first().waitFor();
      const shown = `${list}\n${await everythingShown(page)}`;
      expect(shown).toContain(shows);
      const hidden = [canaryCode, 'canary.person', to.phone.slice(1), '+1201555'];
      expect({ queue, leaks: hidden.filter((text) => shown.includes(text)) }).toEqual({ queue, leaks: [] });
    }
    await mail.resume();
  }, 60_000);

  it('tries the next channel now when a deadline is promoted, and says an operator did', async () => {
    const to = phone('02', '00');
    const id = await world().send({ to: { phone: to } });
    const { attempts } = await world().until('whatsapp to be awaited', id, (v) => v.delivery === 'awaiting');

    const { page, screenshot } = await board(`/queue/${timeoutsQueue}?status=delayed`);
    await page.getByRole('link', { name: attempts[0]?.id }).click();
    const promote = page.getByRole('button').filter({ has: page.locator('.lucide-corner-up-left') });
    await promote.hover();
    await page.getByText('Promote', { exact: true }).waitFor();
    await screenshot('board-promote');
    await promote.click();
    await page.getByRole('button', { name: 'Confirm' }).click();

    const startedAt = Date.now();
    const arrived = { to, channel: 'sms', arrived: 'true', waitMs: 5_000 };
    const [sms] = await world().simulator.messages(arrived);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    const [whatsapp] = await world().simulator.messages({ to, channel: 'whatsapp' });
    expect(sms?.code).toBe(whatsapp?.code);
    const verification = await world().until('the sms', id, (v) => v.delivery === 'delivered');
    expect(verification.attempts.map((it) => it.channel)).toEqual(['whatsapp', 'sms']);
    expect(await world().timeline(id)).toContainEqual(
      expect.objectContaining({ type: 'next', detail: expect.objectContaining({ by: 'operator' }) }),
    );
  });
}

describeWithBrowser('in the browser', (browser) => {
  describeWorld(
    'what people see',
    (world, kind) => {
      const opened: Opened = { browser, world, phone: phoneBook() };
      // The inbox is the same, whatever the queues live in.
      if (kind === 'postgres') describe('the inbox of the simulator', () => inboxPromises(opened));
      describe('bull board', () => boardPromises(opened));
    },
    {
      // Longer than the tests: what falls back sooner was told to.
      tenant: { whatsappMs: 300_000 },
      env: { OTP_BOARD_PASSWORD: boardPassword, OTP_BOARD_WRITABLE: 'true' },
    },
  );
});
