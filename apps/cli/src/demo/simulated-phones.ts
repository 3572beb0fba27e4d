import type { Channel } from '@otp-relay/core';

/** A message as the person sees it, code and all: the phone is the one place where it may be seen. */
export interface PhoneMessage {
  readonly channel: Channel;
  readonly text: string;
  readonly arrivedAt: string | null;
}

/** The part of the simulator's control API that the demo needs. */
export interface SimulatedPhones {
  setUp(accounts: object, settings: object): Promise<void>;
  /** What has arrived of one attempt. */
  arrived(attemptId: string): Promise<readonly PhoneMessage[]>;
}

export function simulatedPhones(url: string): SimulatedPhones {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}/_sim/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok)
      throw new Error(
        `the simulator answered ${response.status} to ${method} ${path}: ${await response.text()}`,
      );
    return response.json();
  };
  return {
    async setUp(accounts, settings) {
      await ask('PUT', 'accounts', accounts);
      await ask('PUT', 'settings', settings);
    },
    async arrived(attemptId) {
      const query = new URLSearchParams({ attempt: attemptId, arrived: 'true' });
      return ((await ask('GET', `messages?${query}`)) as { messages: PhoneMessage[] }).messages;
    },
  };
}
