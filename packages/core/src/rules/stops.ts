import type { Rule } from './rule.ts';

export const stops: readonly Rule[] = [
  {
    name: 'policy failure stops',
    rule: '5',
    route: ['whatsapp', 'sms', 'email'],
    given: ['1s 0_1 started'],
    when: '2s 0_1 refused opted_out',
    becomes: {
      state: 'pending stopped',
      attempts: ['0_1 rejected'],
      effects: ['publish attempt_failed 0_1', 'alert 0_1 opted_out', 'publish stopped 0_1'],
      entries: ['attempt_rejected', 'stopped'],
      deadlineS: 600,
    },
  },
  {
    name: 'suspected fraud told by a receipt stops',
    rule: '5',
    route: ['sms', 'email'],
    given: ['1s 0_1 started', '2s 0_1 accepted'],
    when: '5s 0_1 receipt failed suspected_fraud',
    becomes: {
      state: 'pending stopped',
      attempts: ['0_1 undelivered'],
      effects: [
        'publish attempt_failed 0_1',
        'alert 0_1 suspected_fraud',
        'disarm 0_1 at 32s',
        'publish stopped 0_1',
      ],
    },
  },
  {
    name: 'a late policy failure stops what is queued',
    rule: '5',
    route: ['whatsapp', 'sms', 'email'],
    given: ['1s 0_1 started', '2s 0_1 accepted', '27s bell'],
    when: '28s 0_1 receipt failed suspected_fraud',
    becomes: {
      state: 'pending stopped',
      attempts: ['0_1 undelivered', '1_1 suppressed'],
      effects: ['alert 0_1 suspected_fraud', 'publish stopped 0_1'],
    },
  },
  {
    name: 'a late policy failure stops an exhausted route for good',
    rule: '5',
    route: ['sms'],
    given: ['1s 0_1 started', '2s 0_1 accepted', '32s bell'],
    when: '40s 0_1 receipt failed suspected_fraud',
    becomes: {
      state: 'pending stopped',
      attempts: ['0_1 undelivered'],
      effects: ['alert 0_1 suspected_fraud', 'publish stopped 0_1'],
    },
  },
  {
    name: 'no resend after a stop',
    rule: '5',
    route: ['sms'],
    given: ['1s 0_1 started', '2s 0_1 accepted', '5s 0_1 receipt failed suspected_fraud'],
    when: '60s resend by user',
    becomes: {
      state: 'pending stopped',
      attempts: ['0_1 undelivered'],
      effects: [],
      entries: [],
    },
  },
  {
    name: 'no next after a stop',
    rule: '5',
    route: ['sms', 'email'],
    given: ['1s 0_1 started', '2s 0_1 accepted', '5s 0_1 receipt failed suspected_fraud'],
    when: '60s next by operator',
    becomes: {
      state: 'pending stopped',
      attempts: ['0_1 undelivered'],
      effects: [],
      entries: [],
    },
  },
  {
    name: 'a late delivered does not lift a stop',
    rule: '4.1',
    route: ['whatsapp', 'sms'],
    given: ['1s 0_1 started', '2s 0_1 accepted', '27s bell', '28s 1_1 started', '29s 1_1 refused opted_out'],
    when: '40s 0_1 receipt delivered',
    becomes: {
      state: 'pending stopped',
      attempts: ['0_1 delivered', '1_1 rejected'],
      effects: [],
      entries: ['attempt_delivered'],
    },
  },
];
