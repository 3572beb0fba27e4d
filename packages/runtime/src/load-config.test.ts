import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigFault } from './config-fault.ts';
import { describeConfig } from './describe-config.ts';
import { boolean, integer, keyRing, milliseconds, port, secretKey, url } from './fields.ts';
import { loadConfig, maskConfig } from './load-config.ts';

const key = (): string => randomBytes(32).toString('base64');
const schema = z.object({
  PORT: port().default(3000).meta({ description: 'Where the API listens.' }),
  DATABASE_URL: url('postgres', 'postgresql').meta({ example: 'postgres://otp:otp@localhost/otp' }),
  OTP_KEYS: keyRing(),
  OTP_PEPPER: secretKey(),
  STEP_TIMEOUT_MS: milliseconds({ min: 1000, max: 60_000 }).default(25_000),
  TRUST_PROXY: boolean().default(false),
  SHARDS: integer({ min: 1, max: 64 }).optional(),
  LOG_LEVEL: z.enum(['info', 'debug']).default('info'),
});
const good = {
  DATABASE_URL: 'postgres://otp:hunter22@db.example/otp',
  OTP_KEYS: `1:${key()},2:${key()},3:${key()}:standby`,
  OTP_PEPPER: key(),
};

function faultOf(env: Record<string, string | undefined>, of: z.ZodObject = schema): ConfigFault {
  try {
    loadConfig(of, env);
  } catch (error) {
    if (error instanceof ConfigFault) return error;
    throw error;
  }
  throw new Error('expected a fault');
}

describe('loadConfig', () => {
  it('reads, applies defaults and ignores what is not ours', () => {
    expect(loadConfig(schema, { ...good, PORT: ' 8080 ', TRUST_PROXY: '1', HOME: '/root' })).toEqual({
      ...good,
      PORT: 8080,
      STEP_TIMEOUT_MS: 25_000,
      TRUST_PROXY: true,
      LOG_LEVEL: 'info',
    });
  });

  it('names every problem at once, with the value and an example', () => {
    const fault = faultOf({
      PORT: 'abc',
      STEP_TIMEOUT_MS: '2h',
      TRUST_PROXY: 'yes',
      LOG_LEVEL: 'loud',
      OTP_KEYS: '1:short',
    });
    const names = [
      'PORT',
      'DATABASE_URL',
      'OTP_KEYS',
      'OTP_PEPPER',
      'STEP_TIMEOUT_MS',
      'TRUST_PROXY',
      'LOG_LEVEL',
    ];
    expect(fault.problems.map(({ name }) => name).sort()).toEqual([...names].sort());
    const lines = fault.message.split('\n');
    expect(lines[0]).toBe('OTP_CONFIG: 7 settings are not usable.');
    expect(lines).toContain('  PORT must be a port from 0 to 65535 (it is abc); example: PORT=3000');
    expect(lines).toContain(
      '  DATABASE_URL is not set; example: DATABASE_URL=postgres://otp:otp@localhost/otp',
    );
    expect(fault.message).toContain('openssl rand -base64 32');
  });

  it('treats blank as not set', () => {
    expect(faultOf({ ...good, OTP_PEPPER: '  ' }).message).toContain('OTP_PEPPER is not set');
    expect(loadConfig(schema, { ...good, PORT: '' }).PORT).toBe(3000);
  });

  it('never shows a secret, neither in a fault nor when the config is printed', () => {
    const secret = `1:${key().slice(0, 30)}`;
    const fault = faultOf({ ...good, OTP_KEYS: secret, DATABASE_URL: 'mysql://u:hunter22@h/d' });
    expect(fault.message).not.toContain(secret);
    expect(fault.message).not.toContain('hunter22');
    expect(fault.message).toContain('**** (32 characters)');
    const config = loadConfig(schema, good);
    for (const shown of [JSON.stringify({ config }), inspect({ config }, { depth: 9 })]) {
      expect(shown).not.toContain(good.OTP_PEPPER);
      expect(shown).not.toContain('hunter22');
      expect(shown).toContain('db.example');
    }
    expect(maskConfig(schema, config)).toMatchObject({ PORT: '3000', OTP_PEPPER: '**** (44 characters)' });
  });

  it('hides a secret that a message quotes', () => {
    const quoting = z.object({
      API_TOKEN: z
        .string()
        .refine(() => false, { error: (i) => `cannot use ${i.input}` })
        .meta({ secret: true }),
    });
    expect(faultOf({ API_TOKEN: 'tok-123' }, quoting).message).toContain('cannot use ****');
  });

  it('freezes all of it', () => {
    const nested = z.object({ LIST: z.string().transform((text) => ({ items: text.split(',') })) });
    const config = loadConfig(nested, { LIST: 'a,b' });
    expect(() => config.LIST.items.push('c')).toThrow(TypeError);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reports rules across settings under the name they point at', () => {
    const both = z
      .object({ NODE_ENV: z.string().optional(), REDIS_URL: url('redis').optional() })
      .refine((it) => it.NODE_ENV !== 'production' || it.REDIS_URL, {
        path: ['REDIS_URL'],
        error: 'is needed in production',
      });
    expect(faultOf({ NODE_ENV: 'production' }, both).message).toContain(
      '  REDIS_URL is needed in production; example: REDIS_URL=redis://…',
    );
  });
});

describe('fields', () => {
  const read = (field: z.ZodType, text: string): unknown => field.safeParse(text).data;
  it.each([
    [
      milliseconds(),
      {
        '1500': 1500,
        '250ms': 250,
        '5s': 5000,
        '10m': 600_000,
        '1h': 3_600_000,
        '7d': 604_800_000,
        '5 s': undefined,
        '-1': undefined,
        '1.5s': undefined,
      },
    ],
    [milliseconds({ min: 10, max: 20 }), { '9': undefined, '10': 10, '20': 20, '21': undefined }],
    [
      port(),
      { '0': 0, '65535': 65_535, '65536': undefined, '-1': undefined, '80a': undefined, '1e3': undefined },
    ],
    [integer({ min: -2, max: 2 }), { '-2': -2, '3': undefined, '1.0': undefined, '0x1': undefined }],
    [boolean(), { true: true, FALSE: false, '1': true, '0': false, yes: undefined, constructor: undefined }],
    [
      url('http', 'https'),
      {
        'https://a.example/': 'https://a.example',
        'ftp://a': undefined,
        'https://': undefined,
        a: undefined,
      },
    ],
    [
      keyRing(),
      {
        '1:short': undefined,
        ',': undefined,
        [`0:${key()}`]: undefined,
        [key()]: undefined,
        [`1:${key()},`]: undefined,
      },
    ],
  ] as [z.ZodType, Record<string, unknown>][])('%#: read exactly what they say', (field, cases) => {
    for (const [text, value] of Object.entries(cases))
      expect([text, read(field, text)]).toEqual([text, value]);
  });

  it('keys take both base64 alphabets and nothing shorter', () => {
    const url64 = Buffer.from(key(), 'base64').toString('base64url');
    expect(read(secretKey(), url64)).toBe(url64);
    expect(read(secretKey(), randomBytes(31).toString('base64'))).toBeUndefined();
    expect(read(keyRing(), `1:${url64}, 2:${key()}`)).toBeDefined();
  });
});

describe('describeConfig', () => {
  it('gives one row a variable, whatever wraps the field', () => {
    const rows = Object.fromEntries(describeConfig(schema).map((row) => [row.name, row]));
    expect(rows.PORT).toEqual({
      name: 'PORT',
      type: 'port',
      required: false,
      default: '3000',
      secret: false,
      description: 'Where the API listens.',
      example: '3000',
    });
    expect(rows.OTP_KEYS).toMatchObject({ type: 'key ring', required: true, secret: true });
    expect(rows.LOG_LEVEL).toMatchObject({ type: 'info | debug', default: 'info' });
    expect(rows.SHARDS).toMatchObject({ type: 'integer', required: false });
    expect(rows.SHARDS).not.toHaveProperty('default');
  });
});
