import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type ReadTenantsYaml, readTenantsYaml } from './read-tenants-yaml.ts';

const file = `tenants:
  acme:
    name: Acme
    brand: Acme
    accounts:
      acme-wa:
        provider: meta-whatsapp
        settings:
          phoneNumberId: "123456789"
          template: { name: code, languages: [en] }
        credentials:
          accessToken: \${WA_TOKEN}
          appSecret: \${WA_SECRET}
          verifyToken: fixed
    countries: [DE]
    route:
      - { channel: whatsapp, account: acme-wa }
`;
const env = { WA_TOKEN: 'token-value', WA_SECRET: 'secret-value' };
const problemsOf = (read: ReadTenantsYaml): string[] =>
  read.ok ? [] : read.problems.map(({ line, column, text }) => `${line}:${column} ${text}`);

describe('readTenantsYaml', () => {
  it('fills in credentials from the environment', () => {
    const read = readTenantsYaml(file, env);
    expect(read.ok && read.file.tenants.acme?.accounts['acme-wa']?.credentials).toEqual({
      accessToken: 'token-value',
      appSecret: 'secret-value',
      verifyToken: 'fixed',
    });
  });

  it('names every variable that is missing, with its line', () => {
    expect(problemsOf(readTenantsYaml(file, {}))).toEqual([
      '12:24 tenants.acme.accounts.acme-wa.credentials.accessToken needs the environment variable WA_TOKEN, which is not set',
      '13:22 tenants.acme.accounts.acme-wa.credentials.appSecret needs the environment variable WA_SECRET, which is not set',
    ]);
  });

  it('shows where the YAML is broken', () => {
    const problems = problemsOf(readTenantsYaml(file.replace('    brand: Acme', '   brand: Acme'), env));
    expect(problems[0]).toMatch(/^4:\d+ \S/);
  });

  it('refuses the same tenant twice', () => {
    expect(problemsOf(readTenantsYaml('tenants:\n  a: {}\n  a: {}\n', env))[0]).toMatch(/^3:3 .*unique/);
  });

  it('points at the field, or at what lacks it', () => {
    const wrong = file.replace('name: Acme', 'name: ""').replace('          verifyToken: fixed\n', '');
    expect(problemsOf(readTenantsYaml(wrong, env))).toEqual([
      '3:11 tenants.acme.name must not be empty',
      expect.stringMatching(
        /^12:\d+ tenants\.acme\.accounts\.acme-wa\.credentials\.verifyToken is required — Choose/,
      ),
    ]);
  });

  it.each([
    ['nothing', ''],
    ['a list', '- a\n'],
    ['a text', 'acme\n'],
  ])('refuses %s', (_, text) => {
    expect(readTenantsYaml(text, env).ok).toBe(false);
  });

  it('takes the example as it is', () => {
    const example = readFileSync(new URL('../examples/tenants.yaml', import.meta.url), 'utf8');
    const set = Object.fromEntries(
      [...example.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map(([, name]) => [name, 'x-value']),
    );
    expect(problemsOf(readTenantsYaml(example, set))).toEqual([]);
  });
});
