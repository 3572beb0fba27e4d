import { describe, expect, it } from '@jest/globals';
import { createLogger, type LoggerSettings } from './create-logger.ts';

/** A logger whose finished lines are kept. */
function listening(settings: Partial<LoggerSettings> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { log: createLogger({ name: 'test', level: 'trace', destination, ...settings }), lines };
}
const first = (lines: string[]): Record<string, unknown> => JSON.parse(lines[0] ?? '{}');

describe('createLogger', () => {
  it('writes one JSON line with ISO time and the name', () => {
    const { log, lines } = listening();
    log.info({ attempt: 'att_1' }, 'accepted');
    expect(first(lines)).toMatchObject({ name: 'test', level: 30, attempt: 'att_1', msg: 'accepted' });
    expect(first(lines).time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(lines[0]).toMatch(/\}\n$/);
  });

  it('respects its level', () => {
    const { log, lines } = listening({ level: 'warn' });
    log.info('no');
    log.warn('yes');
    expect(lines).toHaveLength(1);
  });

  it('masks fields by name at any depth, in child bindings too', () => {
    const { log, lines } = listening();
    log.child({ to: '15550001111' }).info({ a: { b: [{ c: { code: '482913', authToken: 'tok' } }] } }, 'x');
    log.info({ Authorization: 'Bearer abc', credentials: { sid: 'AC1' }, code: 482913 }, 'x');
    expect(lines.join('')).not.toMatch(/15550001111|482913|tok"|Bearer|AC1/);
    expect(first(lines)).toMatchObject({ to: '[redacted]', a: { b: [{ c: { code: '[redacted]' } }] } });
  });

  it('masks numbers and mailboxes in messages, fields and errors', () => {
    const { log, lines } = listening();
    log.info({ note: ['call +1 (555) 000-1111'] }, 'sent to +15550001111 and ann.lee+x@mail.example');
    log.error(new Error('550 <ann@mail.example> unknown'));
    log.error(
      { err: new Error('to=%2B15550001111', { cause: new Error('rcpt bob@mail.example') }) },
      'failed',
    );
    expect(lines.join('')).not.toMatch(/5550001111|000-1111|ann|bob/);
    expect(first(lines).msg).toBe('sent to +***11 and ***@mail.example');
    expect(lines).toHaveLength(3);
  });

  it('keeps an error short and without its payload, under any name', () => {
    const { log, lines } = listening();
    const error = Object.assign(new TypeError(`bad ${'x'.repeat(1000)}\nline two`), {
      code: 'ECONNRESET',
      request: { headers: { cookie: 'sid' }, data: 'Your code is 482913' },
    });
    log.error({ err: error, reason: error }, 'x');
    log.error(error);
    for (const line of lines) {
      const { err } = JSON.parse(line) as { err: Record<string, string> };
      expect(Object.keys(err).sort()).toEqual(['code', 'message', 'stack', 'type']);
      expect(err).toMatchObject({ type: 'TypeError', code: 'ECONNRESET' });
      expect(err.message?.length).toBeLessThan(310);
      expect(err.stack).not.toContain('xxx');
      expect(line).not.toContain('482913');
    }
    expect((JSON.parse(lines[1] ?? '{}') as { msg: string }).msg.length).toBeLessThan(310);
  });

  it('drops an error code that could be a person’s code', () => {
    const { log, lines } = listening();
    log.error({ err: Object.assign(new Error('x'), { code: '482913' }) }, 'x');
    expect(lines[0]).not.toContain('482913');
  });

  it('shows the refusals inside an aggregate', () => {
    const { log, lines } = listening();
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    log.error({ err: new AggregateError([refused, refused]) }, 'x');
    expect(first(lines)).toMatchObject({
      err: { errors: [{ code: 'ECONNREFUSED' }, { code: 'ECONNREFUSED' }] },
    });
  });

  it('prints for people when asked to', () => {
    const { log, lines } = listening({ pretty: true });
    log.warn({ attempt: 'att_1', to: '+15550001111' }, 'slow');
    log.error({ err: new Error('broken') }, 'failed');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}test: slow attempt=att_1 to=\[redacted\]\n$/);
    expect(lines[1]).toMatch(/ERROR test: failed\n {2}Error: broken\n {4}at /);
  });
});
