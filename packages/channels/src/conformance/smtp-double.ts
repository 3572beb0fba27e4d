import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Behaviour, Double } from './rig.ts';

/** A mail server just talkative enough to misbehave at every point, which a real one never does on demand. */
export interface SmtpDouble extends Double {
  /** Replies for the commands named, instead of the usual ones; an empty one drops the connection, null stays silent. */
  reply(replies: Readonly<Record<string, string | null>>): void;
  /** Every command so far, AUTH included. */
  readonly commands: readonly string[];
  /** Closes every connection, as servers do with idle ones. */
  dropIdle(): void;
}

const usual: Readonly<Record<string, string>> = {
  CONN: '220 double ESMTP',
  EHLO: '250-double\r\n250 ENHANCEDSTATUSCODES',
  'MAIL FROM': '250 2.1.0 Ok',
  'RCPT TO': '250 2.1.5 Ok',
  DATA: '354 Go ahead',
  '.': '250 2.0.0 Ok: queued as 4B1F21E0A2',
  RSET: '250 2.0.0 Ok',
  QUIT: '221 2.0.0 Bye',
};

const byBehaviour: Readonly<Record<Behaviour, Readonly<Record<string, string | null>>>> = {
  accept: {},
  refuse: { 'RCPT TO': '550 5.1.1 <ada@example.org>: no such user 483920' },
  hang: { '.': null },
  garbage: { '.': 'what?' },
  drop: { '.': '' },
};

export async function startSmtpDouble(): Promise<SmtpDouble> {
  let replies: Readonly<Record<string, string | null>> = {};
  const commands: string[] = [];
  const open = new Set<Socket>();
  const events = new EventEmitter();

  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
    const answer = (command: string): void => {
      const reply = command in replies ? replies[command] : (usual[command] ?? '502 5.5.1 What?');
      if (reply === '') socket.destroy();
      else if (reply != null && socket.writable) socket.write(`${reply}\r\n`);
    };
    let inData = false;
    answer('CONN');
    createInterface(socket).on('line', (line) => {
      if (inData) {
        inData = line !== '.';
        if (inData) return;
        events.emit('taken');
        answer('.');
        return;
      }
      commands.push(line);
      const command = /^(MAIL FROM|RCPT TO|[A-Z]+)/.exec(line)?.[1] ?? line;
      inData = command === 'DATA' && !('DATA' in replies);
      answer(command);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    commands,
    behave: (behaviour) => {
      replies = byBehaviour[behaviour];
    },
    taken: async () => void (await once(events, 'taken')),
    reply: (next) => {
      replies = next;
    },
    dropIdle: () => {
      for (const socket of open) socket.end();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
