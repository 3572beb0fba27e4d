import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AccountsChange } from '../accounts.ts';
import { defaultSettings, SettingsChange } from '../settings.ts';
import type { World } from '../world.ts';

const Reset = z.strictObject({ settings: z.boolean().optional(), accounts: z.boolean().optional() });

/** How the simulator is set up: settings, accounts, pending webhooks, reset. */
export function stateRoutes(app: FastifyInstance, world: World): void {
  app.get('/_sim/settings', () => world.settings);

  app.put('/_sim/settings', (request) => {
    world.settings = { ...world.settings, ...SettingsChange.parse(request.body) };
    world.messages.capacity = world.settings.keep;
    world.calls.capacity = world.settings.keep;
    return world.settings;
  });

  app.get('/_sim/accounts', () => world.accounts.show());

  app.put('/_sim/accounts', (request) => {
    world.accounts.change(AccountsChange.parse(request.body));
    return world.accounts.show();
  });

  app.delete('/_sim/webhooks/pending', () => ({ dropped: world.schedule.clear() }));

  /** Forgets messages, calls, scripts, templates and all that is pending; settings and accounts only if asked. */
  app.post('/_sim/reset', (request) => {
    const also = Reset.parse(request.body ?? {});
    const dropped = world.schedule.clear();
    world.messages.clear();
    world.calls.clear();
    world.bounces.clear();
    world.templates.clear();
    world.buckets.clear();
    for (const director of Object.values(world.directors)) {
      director.clear();
    }
    if (also.settings) {
      world.settings = defaultSettings(world.config.KEEP);
    }
    if (also.accounts) {
      world.accounts.clear();
    }
    return { dropped };
  });

  app.get('/_sim/health', () => ({
    messages: world.messages.size,
    calls: world.calls.total,
    pending: world.schedule.size,
    postsInFlight: world.courier.inFlight,
  }));
}
