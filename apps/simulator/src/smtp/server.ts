import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerAddress, type SMTPServerSession } from 'smtp-server';
import type { World } from '../world.ts';
import { attemptIdOfEnvelope } from './attempt-id.ts';
import { receive } from './receive.ts';
import { smtpFailure } from './smtp-failure.ts';

export type Inbox = { readonly port: number; readonly close: () => Promise<void> };

type Done = (failure?: Error | null) => void;

/** An SMTP server that speaks ENHANCEDSTATUSCODES and DSN, and whose mailboxes behave as their names say. */
export async function startSmtp(world: World): Promise<Inbox> {
  const { config } = world;
  const server = new SMTPServer({
    name: 'mx.simulator.test',
    banner: 'simulator',
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    hideDSN: false,
    hideENHANCEDSTATUSCODES: false,
    hideSTARTTLS: !config.SMTP_STARTTLS,
    disabledCommands: config.SMTP_STARTTLS ? [] : ['STARTTLS'],
    closeTimeout: 100,
    onConnect: (session, done) => {
      keepOwnStatusCodes(server, session);
      later(world.settings.smtpGreetingAfterMs, done);
    },
    onAuth: (auth, _session, done) => {
      const account = world.accounts.smtp.get(auth.username ?? '');
      const welcome =
        world.accounts.smtp.size === 0 || (account !== undefined && auth.password === account.password);
      if (welcome) {
        done(null, { user: auth.username ?? 'anyone' });
      } else {
        done(smtpFailure(535, '5.7.8 Authentication credentials invalid'));
      }
    },
    onMailFrom: (_address, session, done) => {
      const locked = world.accounts.smtp.size > 0 && session.user === undefined;
      done(locked ? smtpFailure(530, '5.7.0 Authentication required') : null);
    },
    onRcptTo: (address, session, done) => onRcptTo(world, address, session, done),
    onData: (stream, session, done) =>
      receive(world, { stream, session, done, cut: () => cut(server, session) }),
  });
  // A client that hangs up is no fault of ours.
  server.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(config.SMTP_PORT, config.HOST, resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function onRcptTo(world: World, address: SMTPServerAddress, session: SMTPServerSession, done: Done): void {
  const behaviour = world.directors.smtp.choose(address.address);
  world.mailBehaviourOf.set(address, behaviour);
  const slowMs = behaviour.slow ? world.settings.slowAfterMs : 0;
  const { refusal } = behaviour;
  if (refusal?.at !== 'rcpt') {
    later(slowMs, done);
    return;
  }
  world.calls.add({
    provider: 'smtp',
    account: session.user ?? '',
    to: address.address,
    attemptId: attemptIdOfEnvelope(session),
    outcome: 'refused',
    status: refusal.code,
    errorCode: refusal.text.split(' ')[0] ?? null,
    messageId: null,
  });
  later(slowMs, () => done(smtpFailure(refusal.code, refusal.text)));
}

function later(waitMs: number, done: Done): void {
  if (waitMs === 0) {
    done();
  } else {
    setTimeout(done, waitMs).unref();
  }
}

type Connection = {
  readonly session: SMTPServerSession;
  readonly _socket: Socket;
  send: (code: number, data: string | string[], context?: string | false) => void;
};

function connectionOf(server: SMTPServer, session: SMTPServerSession): Connection | undefined {
  const connections = server.connections as unknown as Set<Connection>;
  return [...connections].find((connection) => connection.session === session);
}

/** smtp-server puts a status code of its own before every text, also before one that brings a better one. */
function keepOwnStatusCodes(server: SMTPServer, session: SMTPServerSession): void {
  const connection = connectionOf(server, session);
  if (connection) {
    const send = connection.send.bind(connection);
    connection.send = (code, data, context) =>
      send(code, data, /^[245]\.\d{1,3}\.\d{1,3} /.test(String(data)) ? false : context);
  }
}

/** smtp-server offers no way to drop a client. */
function cut(server: SMTPServer, session: SMTPServerSession): void {
  connectionOf(server, session)?._socket.destroy();
}
