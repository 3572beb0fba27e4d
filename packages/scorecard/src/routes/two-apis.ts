import { appEntry, type WorldOptions } from '@otp-relay/e2e/world';
import { freePort, startProcess } from '@otp-relay/testkit';
import { openStage, type Stage } from '../stage/open-stage.ts';

/** An installation with two api processes. */
export interface TwoApis extends Stage {
  readonly urls: readonly [string, string];
}

export async function openTwoApis(options: Partial<WorldOptions> = {}): Promise<TwoApis> {
  const stage = await openStage({ workers: 0, ...options });
  const port = await freePort();
  const second = await startProcess({
    args: [appEntry('api')],
    env: { ...stage.world.env, PORT: String(port) },
    readyWhen: /"msg":"ready"/,
  }).catch(async (fault: unknown) => {
    await stage.close();
    throw fault;
  });
  return {
    ...stage,
    urls: [stage.world.apiUrl, `http://127.0.0.1:${port}`],
    async close() {
      await second.stop();
      await stage.close();
    },
  };
}
