import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { isExecutable } from './is-executable.ts';
import { repositoryRoot } from './repository-root.ts';

/** A page in a profile of its own. */
export interface Visit {
  readonly page: Page;
  /** What no page of ours may do: write an error to the console, throw, or ask a host that is not this machine. */
  readonly complaints: readonly string[];
  /** Saves what the window shows as `.data/screenshots/<name>.png`. */
  screenshot(name: string): Promise<void>;
}

/** A real Chromium, without a window. */
export interface TestBrowser {
  open(options?: BrowserContextOptions): Promise<Visit>;
  /** Closes every page, with its profile. */
  closePages(): Promise<void>;
  stop(): Promise<void>;
}

const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const browserMissing = 'no Chromium at CHROMIUM_PATH or in /usr/bin';

/** The path of a Chromium: `CHROMIUM_PATH` when it is set, else where systems put it. */
export const browserProgram = (): string | undefined =>
  (process.env.CHROMIUM_PATH ? [process.env.CHROMIUM_PATH] : programs).find(isExecutable);

const launchArguments = [
  '--headless',
  // Root has no sandbox; the pages are ours.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whatever a page asks for, nothing leaves this machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** Starts it in a new profile; throws where there is none. */
export async function startBrowser(): Promise<TestBrowser> {
  const executablePath = browserProgram();
  if (!executablePath) throw new Error(`No browser: ${browserMissing}`);
  // Large, and few tests need it.
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: launchArguments, timeout: 30_000 });
  return {
    async open(options) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      return {
        page,
        complaints: complaintsOf(page),
        async screenshot(name) {
          await page.screenshot({ path: join(repositoryRoot(), '.data', 'screenshots', `${name}.png`) });
        },
      };
    },
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    stop: () => browser.close(),
  };
}

function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('requestfinished', (request) => {
    if (isForeign(request.url())) complaints.push(`asked ${request.url()}`);
  });
  page.on('requestfailed', (request) => {
    // What the page's own policy blocked was never sent.
    if (isForeign(request.url()) && request.failure()?.errorText !== 'csp')
      complaints.push(`asked ${request.url()}: ${request.failure()?.errorText}`);
  });
  return complaints;
}

function isForeign(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return /^(?:https?|wss?):$/.test(protocol) && !['127.0.0.1', 'localhost'].includes(hostname);
}
