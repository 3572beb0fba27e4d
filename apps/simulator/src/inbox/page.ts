import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const folder = new URL('../../inbox/', import.meta.url);
const styles = ['style.css', 'message.css', 'empty.css', 'narrow.css'];
/** In the order in which they need each other. */
const modules = ['dom.js', 'bubble.js', 'empty.js', 'main.js'];

const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "script-src 'unsafe-inline'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
].join('; ');

/** The inbox at `/`: one self-contained page, its styles and scripts put inside. */
export function inboxPage(app: FastifyInstance, smtpPort: number): void {
  const style = styles.map(read).join('\n');
  const script = modules.map(read).map(withoutModuleSyntax).join('\n');
  const page = read('index.html')
    .replace('data-smtp-port="4025"', `data-smtp-port="${smtpPort}"`)
    .replace('/* style */', () => style)
    .replace('/* script */', () => script);
  app.get('/', (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(page),
  );
}

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

/** The modules share one script, so what they export is in scope and what they import is there already. */
function withoutModuleSyntax(source: string): string {
  return source.replace(/^import .*;$/gm, '').replace(/^export /gm, '');
}
