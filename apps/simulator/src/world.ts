import type { Logger } from '@otp-relay/runtime';
import { Accounts } from './accounts.ts';
import { createDirectors, type Directors } from './behaviour/directors.ts';
import type { MailBehaviour } from './behaviour/mail-behaviours.ts';
import { Bucket } from './bucket.ts';
import { Calls } from './calls.ts';
import type { Config } from './config.ts';
import { Courier } from './courier.ts';
import { Templates } from './meta/templates.ts';
import { Messages } from './phone/messages.ts';
import { Ring } from './ring.ts';
import { Schedule } from './schedule.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { Bounce } from './smtp/bounce.ts';

/** All the state of one simulator. The providers and the control API share it and nothing else. */
export type World = {
  readonly config: Config;
  readonly log: Logger;
  settings: Settings;
  readonly accounts: Accounts;
  readonly directors: Directors;
  /** What was chosen at RCPT TO, for DATA; the key is smtp-server's address object. */
  readonly mailBehaviourOf: WeakMap<object, MailBehaviour>;
  readonly bounces: Ring<Bounce>;
  readonly messages: Messages;
  readonly calls: Calls;
  readonly templates: Templates;
  readonly buckets: Bucket;
  readonly schedule: Schedule;
  readonly courier: Courier;
};

const bouncesKept = 1_000;

export function createWorld(config: Config, log: Logger): World {
  return {
    config,
    log,
    settings: defaultSettings(config.KEEP),
    accounts: new Accounts(),
    directors: createDirectors(),
    mailBehaviourOf: new WeakMap(),
    bounces: new Ring(bouncesKept),
    messages: new Messages(config.KEEP),
    calls: new Calls(config.KEEP),
    templates: new Templates(),
    buckets: new Bucket(),
    schedule: new Schedule(),
    courier: new Courier(),
  };
}
