import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** Test data only: addresses by host name. */
export type Zone = Readonly<
  Record<string, { readonly four?: readonly string[]; readonly six?: readonly string[] }>
>;

const types = { a: 1, aaaa: 28 } as const;
const noSuchName = 3;

/** A name server on loopback (RFC 1035 §4): A and AAAA of one zone, everything else unknown; silent about `silent.*`. */
export async function startNameServer(
  zone: Zone,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    if (name.startsWith('silent.')) return;
    const { four = [], six = [] } = zone[name] ?? {};
    const answers = type === types.a ? four.map(bytes4) : type === types.aaaa ? six.map(bytes6) : [];
    socket.send(answerTo(query.subarray(0, end), type, answers, zone[name] ? 0 : noSuchName), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function questionOf(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answerTo(question: Buffer, type: number, answers: readonly Buffer[], code: number): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(answers.length, 6);
  head.fill(0, 8, 12);
  const records = answers.map((data) => {
    // A pointer to the name in the question, type, class IN, a life of 0 s, length.
    const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, ...records]);
}

const bytes4 = (address: string): Buffer => Buffer.from(address.split('.').map(Number));
/** Written out in full, eight groups. */
const bytes6 = (address: string): Buffer =>
  Buffer.from(
    address
      .split(':')
      .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
