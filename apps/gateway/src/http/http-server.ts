import type { IncomingMessage, ServerResponse } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { admit } from './admission.js';
import { exchangeOf, openExchange, type Exchange } from './exchange.js';
import { readJsonOnly } from './json-body.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { sessionCookie } from './session-cookie.js';
import { refuseConnection, refuseExpectation } from './unread-request.js';

const MAX_BODY_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_PARAM_CHARS = 2_048;
/** The whole request must have arrived by then; it is looked at twice a second. */
const ARRIVAL_MS = 10_000;
const HEADERS_ARRIVAL_MS = 5_000;
const ARRIVAL_CHECK_MS = 500;
/** Longer than the idle time of usual load balancers (60 s), so that they close first. */
const KEEP_ALIVE_MS = 65_000;

/** What {@link httpServer} takes. */
export interface HttpServerOptions {
  /** The host names that are answered for, in lower case, without ports. */
  readonly hosts: readonly string[];
  /** Answers an error that the framework reports before any route is known. */
  readonly onUnroutable: (error: unknown, request: FastifyRequest, response: FastifyReply) => void;
  /** Whether the server is stopping; connections are then closed after their answer. */
  readonly isStopping: () => boolean;
}

type OnEnd = (request: IncomingMessage, response: ServerResponse, exchange: Exchange) => void;

/** A Fastify server with the gateway's limits and its rules for every request, routes or none. */
export function httpServer(options: HttpServerOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: ARRIVAL_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    routerOptions: { maxParamLength: MAX_PARAM_CHARS, querystringParser: () => ({}) }, // queries: see query-text.ts
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_ARRIVAL_MS,
      connectionsCheckingInterval: ARRIVAL_CHECK_MS,
      requireHostHeader: false, // Node would answer without a body; see admission.ts
    },
    genReqId: (raw: IncomingMessage) => exchangeOf(raw).requestId,
    clientErrorHandler: refuseConnection,
    frameworkErrors: options.onUnroutable,
  });
  readJsonOnly(adapter.getInstance());
  addHooks(adapter, options);
  return adapter;
}

/**
 * Opens the exchange of every request, also of those that no hook of the framework sees, and tells `onEnd` of each
 * once its answer is out or its client gone. To be called once, before the server listens.
 *
 * @param timeoutMs  how long an answer may take, in milliseconds, > 0
 */
export function watchRequests(adapter: FastifyAdapter, timeoutMs: number, onEnd: OnEnd): void {
  const open = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = openExchange(request, timeoutMs);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    response.setHeader('x-request-id', exchange.requestId);
    response.once('close', () => {
      onEnd(request, response, exchange);
    });
  };
  const { server } = adapter.getInstance();
  server.prependListener('request', open);
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    open(request, response);
    refuseExpectation(request, response);
  });
}

function addHooks(adapter: FastifyAdapter, { hosts, isStopping }: HttpServerOptions): void {
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { url } = request.routeOptions;
    if (url !== undefined && !request.is404) exchangeOf(request.raw).route = url.replaceAll(/:(\w+)/g, '{$1}');
    try {
      admit(request.raw, hosts);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { cookieOrder } = exchangeOf(request.raw);
    if (cookieOrder !== undefined) reply.header('set-cookie', sessionCookie(cookieOrder));
    if (isStopping()) reply.header('connection', 'close');
    done(null, payload);
  });
}
