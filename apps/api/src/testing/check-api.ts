import pg from 'pg';
import { configure } from './configure.ts';
import { seal } from './seal.ts';
import { type Answer, type CallOptions, startApi, type TestApi } from './start-api.ts';

/** An API whose codes a test knows, and whose clock it can turn for one verification. */
export interface CheckApi {
  readonly api: TestApi;
  readonly token: string;
  /** Every answer so far but those to `ask`. */
  readonly answers: readonly Answer[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** An address nobody has used yet. */
  somebody(): string;
  /** A verification with this code; its recipient is somebody new unless given. */
  ask(code: string, more?: object): Promise<string>;
  check(id: string, code: string, context?: object, options?: CallOptions): Promise<Answer>;
  statusOf(id: string): Promise<string>;
  /** What the timeline says of checks that failed, in order: `check_failed code`. */
  reasons(id: string): Promise<readonly string[]>;
  /** As though this long had passed since it was asked for. */
  age(id: string, ms: number): Promise<unknown>;
  stop(): Promise<void>;
}

/** Opens it for tenant `acme`, without limits on sending: what guards codes must not need them. */
export async function startCheckApi(): Promise<CheckApi> {
  const api = await startApi();
  await configure(api, 'acme', { limits: { recipient: null } });
  const { token } = await api.issueKey();
  const database = new pg.Client({ connectionString: api.wire.url });
  database.on('error', () => undefined);
  await database.connect();
  const answers: Answer[] = [];
  let people = 0;

  const somebody = (): string => {
    people += 1;
    return `person-${people}@example.com`;
  };
  const call = async (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
    const answer = await api.call(method, path, { token, ...options });
    answers.push(answer);
    return answer;
  };
  return {
    api,
    token,
    answers,
    call,
    somebody,
    async ask(code, more = {}) {
      const body = { to: { email: somebody() }, sealedCode: await seal(api, code), ...more };
      const created = await api.call('POST', '/v1/verifications', { token, body });
      if (created.status !== 201) throw new Error(`${created.status} ${created.text}`);
      return created.json.id;
    },
    check: (id, code, context, options) =>
      call('POST', `/v1/verifications/${id}/check`, {
        body: { code, ...(context && { context }) },
        ...options,
      }),
    statusOf: async (id) => (await call('GET', `/v1/verifications/${id}`)).json.status,
    async reasons(id) {
      const { json } = await call('GET', `/v1/verifications/${id}/timeline`);
      return json.entries
        .filter(({ type }) => type.startsWith('check_'))
        .map(({ type, detail }) => `${type} ${detail.reason}`);
    },
    age: (id, ms) =>
      database.query(
        `update otp.verifications set created_at = created_at - $2, expires_at = expires_at - $2,
          deadline_at = deadline_at - $2 where id = $1`,
        [id, ms],
      ),
    async stop() {
      await database.end();
      await api.stop();
    },
  };
}
