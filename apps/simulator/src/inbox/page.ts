import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const folder = new URL('../../inbox/', import.meta.url);

/** The inbox at `/`: one self-contained page, its style and script put inside. */
export function inboxPage(app: FastifyInstance): void {
  const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
  const page = read('index.html')
    .replace('/* style */', () => read('style.css'))
    .replace('/* script */', () => read('script.js'));
  app.get('/', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-src 'self'",
      )
      .send(page),
  );
}
