import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyChain } from '@otp-relay/engine';
import { evidenceExample } from './docs/evidence-example.ts';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';
import { startApi, type TestApi } from './testing/start-api.ts';

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<
    string,
    Record<string, { security: unknown; responses: Record<string, { content: object }> }>
  >;
  readonly components: {
    schemas: Record<
      string,
      { examples: { to: { phone: string } }[]; properties: Record<string, { description: string }> }
    >;
  };
}

interface Schema {
  readonly $ref?: string;
  readonly examples?: readonly unknown[];
}
interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
}
type Content = Readonly<Record<string, Media>>;
const lists = /^\/v1\/(?:verifications|events)$/;
const administration = /^\/v1\/tenants/;
interface Described {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly requestBody?: { readonly content: Content };
            readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
          }
        >
      >
    >
  >;
}

describe('what describes the API', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi({ OTP_BOARD_PASSWORD: 'a-long-enough-password' });
  }, 90_000);
  afterAll(() => api.stop());

  it('is OpenAPI 3.1 with every route of the table, and nothing of the board', async () => {
    const { status, text } = await api.call('GET', '/openapi.json');
    const json = JSON.parse(text) as OpenApi;
    expect(status).toBe(200);
    expect(json.openapi).toBe('3.1.0');
    const documented = Object.keys(json.paths).sort();
    const wanted = routes
      .filter(({ schema }) => !('hide' in schema))
      .map(({ url }) => url.replace(/:(\w+)/g, '{$1}'));
    expect(documented).toEqual([...new Set(wanted)].sort());
    const create = json.paths['/v1/verifications']!.post!;
    expect(create.security).toEqual([{ apiKey: [] }]);
    expect(Object.keys(create.responses)).toEqual(
      expect.arrayContaining(['201', '200', '401', '409', '422', '503']),
    );
    const request =
      json.components.schemas.VerificationRequestInput ?? json.components.schemas.VerificationRequest!;
    expect(request.examples[0]!.to.phone).toBe('+14155550100');
    expect(json.components.schemas.Verification!.properties.to!.description).toContain('Masked');
    expect(create.responses['422']!.content).toHaveProperty(['application/problem+json']);
  });

  it('shows an example of every body it takes, and of what it answers about verifications and itself', async () => {
    const json = JSON.parse((await api.call('GET', '/openapi.json')).text) as Described;
    // What has a name shows its example there, the rest beside its schema.
    const exampled = ({ schema, example }: Media): boolean => {
      const named = json.components.schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? schema;
      return example !== undefined || (named.examples ?? []).length > 0;
    };
    const missing = Object.entries(json.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody, responses }]) => {
        const body = requestBody?.content['application/json'];
        const answer = (responses['200'] ?? responses['201'])?.content?.['application/json'];
        // A list is shown by what it is made of.
        const isShown = !(method === 'get' && lists.test(path)) && !administration.test(path);
        return [
          ...(body && !exampled(body) ? [`the body of ${method} ${path}`] : []),
          ...(answer && isShown && !exampled(answer) ? [`the answer of ${method} ${path}`] : []),
        ];
      }),
    );
    expect(missing).toEqual([]);
  });

  it('shows evidence that verifies', () => {
    const { bundle, keys } = evidenceExample;
    expect(verifyChain([bundle], keys.keys)).toMatchObject({ flaws: [], head: bundle.hash });
  });

  it('is the same without a server', async () => {
    const { text } = await api.call('GET', '/openapi.json');
    expect(await openApiDocument('https://otp.example.com')).toEqual(JSON.parse(text));
  });

  it('begins at a page of links that all answer', async () => {
    const { json } = await api.call('GET', '/');
    for (const link of Object.values(json.links)) {
      const { status } = await api.call('GET', link);
      expect(`${link} ${status}`).toBe(`${link} ${link === '/board' ? 401 : 200}`);
    }
  });

  it('sends the headers a browser is kept safe by', async () => {
    const { headers } = await api.call('GET', '/healthz');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  });
});
