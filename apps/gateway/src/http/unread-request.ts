import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Problem } from '../problems/problem.js';
import { exchangeOf } from './exchange.js';
import { commonHeaders, SECURITY_HEADERS } from './security-headers.js';

/** The last answer on each connection. */
const latest = new WeakMap<Duplex, ServerResponse>();

/** Has to be told of each answer before it is given. */
export function noteAnswer(response: ServerResponse): void {
  latest.set(response.req.socket, response);
}

/**
 * Answers a connection whose bytes the HTTP parser refuses, and ends it. There is no request to speak of: the id in
 * the problem is fresh. A whole request that came before the bytes is answered first; one whose head was answered before its
 * body was refused gets no second answer.
 */
export function refuseConnection(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const answer = latest.get(socket);
  const refuse = (): void => {
    answerProblem(parserProblem(error.code), socket);
  };
  if (answer === undefined) refuse();
  else refuseBehind(answer, socket, refuse);
}

function refuseBehind(answer: ServerResponse, socket: Duplex, refuse: () => void): void {
  const { complete } = answer.req;
  if (!complete && answer.headersSent) socket.end(() => socket.destroy());
  else if (complete && !answer.writableFinished) answer.once('finish', refuse);
  else refuse();
}

function answerProblem(problem: Problem, socket: Duplex): void {
  const requestId = randomUUID();
  const body = JSON.stringify(problem.body(requestId));
  const headers = {
    ...SECURITY_HEADERS,
    ...problem.headers(),
    'x-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${fields.join('')}\r\n${body}`,
    () => {
      socket.destroy();
    },
  );
}

/** Answers CONNECT, which Node would answer by hanging up. */
export function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  refuseConnection(new Error('CONNECT'), socket);
}

/** Answers an Expect field other than 100-continue, which Node refuses before any route is looked for. */
export function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
  const problem = new Problem('EXPECTATION_FAILED', 'Only 100-continue can be expected.');
  const exchange = exchangeOf(request);
  const body = JSON.stringify(problem.body(exchange.requestId));
  const headers = {
    ...commonHeaders(exchange),
    ...problem.headers(),
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  response.writeHead(problem.status, headers).end(body);
}

function parserProblem(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Problem('HEADERS_TOO_LARGE', 'The request line and header fields are larger than 16 KiB.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Problem('REQUEST_TIMEOUT', 'The request did not arrive in time.');
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return new Problem('BODY_TOO_LARGE', 'The chunk extensions are too large.');
  }
  return new Problem('MALFORMED_REQUEST', 'This is not HTTP/1.1 as it is spoken here.');
}
