import { appEntry, type World } from '@otp-relay/e2e/world';
import { freePort, startProcess } from '@otp-relay/testkit';
import { Agent, request } from 'undici';

/** What one of two processes answered. */
export interface ApiAnswer {
  readonly status: number;
  /** Of the verification, when there is one. */
  readonly id: string | undefined;
}

/** Two api processes of one installation, asked in turn. */
export interface TwoApis {
  post(path: string, body: object): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** Every request has a connection of its own up to here: all are under way at once. */
const connections = 1_000;

/** Starts another api beside the world's own. */
export async function openTwoApis(world: World): Promise<TwoApis> {
  const port = await freePort();
  const second = await startProcess({
    args: [appEntry('api')],
    env: { ...world.env, PORT: String(port) },
    readyWhen: /"msg":"ready"/,
  });
  const urls = [world.apiUrl, `http://127.0.0.1:${port}`] as const;
  const agent = new Agent({ connections, headersTimeout: 60_000 });
  let turn = 0;
  return {
    async post(path, body) {
      turn += 1;
      const answer = await request(`${urls[turn % 2]}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        dispatcher: agent,
      });
      const { id } = (await answer.body.json()) as { readonly id?: string };
      return { status: answer.statusCode, id };
    },
    async close() {
      await agent.destroy();
      await second.stop();
    },
  };
}
