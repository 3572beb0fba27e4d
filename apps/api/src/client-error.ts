import type { Socket } from 'node:net';
import { problemOf } from '@otp-relay/contracts';
import { problemType } from './problem.ts';

const lines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What node could not even read as HTTP: one problem document straight to the socket, then it is closed. */
export function malformed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const line = lines[error.code ?? ''] ?? '400 Bad Request';
  const body = JSON.stringify({ ...problemOf('OTP_MALFORMED'), status: Number(line.slice(0, 3)) });
  socket.end(
    `HTTP/1.1 ${line}\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
