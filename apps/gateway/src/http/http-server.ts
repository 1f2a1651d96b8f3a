import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../limits/client-address.js';
import { holderOf, type Network } from '../limits/networks.js';
import type { RateLimits } from '../limits/rate-limits.js';
import { admit, admitRate, isChange } from './admission.js';
import { compressAnswers } from './compression.js';
import { exchangeOf, GatewayRequest, openExchange, type Exchange } from './exchange.js';
import { GatewayAdapter } from './gateway-adapter.js';
import { readJsonOnly } from './json-body.js';
import { ownHeaders, SECURITY_HEADERS } from './security-headers.js';
import { noteAnswer, refuseConnection, refuseExpectation, refuseTunnel } from './unread-request.js';

const MAX_BODY_BYTES = 64 * 1024;
const MAX_PARAM_CHARS = 2_048;
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  /** The header fields, and the whole request, must have arrived by then; it is looked at twice a second. */
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 500,
  /** Longer than the idle time of usual load balancers (60 s), so that they close first. */
  keepAliveTimeout: 65_000,
  requireHostHeader: false, // Node would answer without a body; admission.ts refuses with one
};

/** A connection on which nothing moves for so long after a request and its answer had their time is cut: its client does not read. */
const READING_MS = 1_000;
/** Counts as one client whoever has gone before it could be told who it is. */
const NOBODY = 'nobody';

/** What {@link httpServer} takes. */
export interface HttpServerOptions {
  /** The host names that are answered for, in lower case, without ports. */
  readonly hosts: readonly string[];
  /** How long an answer may take, in milliseconds, > 0. */
  readonly timeoutMs: number;
  /** The paths at which what GET answers may be compressed, such as `/v1/products`. */
  readonly compressed: readonly string[];
  /** Whose X-Forwarded-For is believed. */
  readonly proxies: readonly Network[];
  /** The rate limits; asked once for each request. */
  readonly rates: () => RateLimits;
  /** Answers an error that the framework reports before any route is known. */
  readonly onUnroutable: (error: unknown, request: FastifyRequest, response: FastifyReply) => void;
  /** Told of each request once its answer is out, or its client gone. */
  readonly onEnd: (request: IncomingMessage, response: ServerResponse, exchange: Exchange) => void;
  /** Whether the server is stopping; connections are then closed after their answer. */
  readonly isStopping: () => boolean;
}

/** A Fastify server with the gateway's limits, and its rules for every request, whether a route takes it or none. */
export function httpServer(options: HttpServerOptions): GatewayAdapter {
  const adapter = new GatewayAdapter({
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_CHARS, querystringParser: () => ({}) }, // queries: see query-text.ts
    return503OnClosing: false,
    serverFactory: (handler: RequestListener) => watchedServer(handler, options),
    genReqId: (raw: IncomingMessage) => exchangeOf(raw).requestId,
    clientErrorHandler: refuseConnection,
    frameworkErrors: options.onUnroutable,
  });
  readJsonOnly(adapter.getInstance());
  compressAnswers(adapter.getInstance(), options.compressed);
  addHooks(adapter, options);
  return adapter;
}

/** Opens the exchange of every request, also of those that no hook of the framework sees. */
function watchedServer(handler: RequestListener, options: HttpServerOptions): Server {
  const open = (request: GatewayRequest, response: ServerResponse): void => {
    const exchange = counted(request, options);
    noteAnswer(response);
    response.once('close', () => {
      options.onEnd(request, response, exchange);
    });
  };
  const server = createServer({ ...LIMITS, IncomingMessage: GatewayRequest }, (request, response) => {
    open(request, response);
    handler(request, response);
  });
  server.maxHeadersCount = 0; // all that fit are shown, and none left out: admission.ts refuses those that have too many
  server.timeout = Math.max(LIMITS.requestTimeout, options.timeoutMs) + READING_MS; // else it would cut what gets 408
  server.on('connect', refuseTunnel);
  return server.on('checkExpectation', (request: GatewayRequest, response: ServerResponse) => {
    open(request, response);
    refuseExpectation(request, response);
  });
}

/** Finds out whose request it is, and whether the client may make another one. */
function counted(request: GatewayRequest, { timeoutMs, proxies, rates }: HttpServerOptions): Exchange {
  const forwarded = request.headers['x-forwarded-for'] as string | undefined; // a repeated one is joined
  const address = clientAddress(request.socket.remoteAddress, forwarded, proxies);
  const client = address === undefined ? undefined : holderOf(address);
  const rate = rates().decide(client ?? NOBODY, isChange(request));
  return openExchange(request, { timeoutMs, client, rate });
}

function addHooks(adapter: GatewayAdapter, { hosts, isStopping }: HttpServerOptions): void {
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    const { url } = request.routeOptions;
    const exchange = exchangeOf(request.raw);
    reply.headers(SECURITY_HEADERS).headers(ownHeaders(exchange));
    if (url !== undefined && !request.is404) exchange.route = url.replaceAll(/:(\w+)/g, '{$1}');
    try {
      admit(request.raw, hosts);
      admitRate(exchange);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { cookies } = exchangeOf(request.raw);
    if (cookies.size > 0) reply.header('set-cookie', [...cookies.values()]);
    if (isStopping()) reply.header('connection', 'close');
    done(null, payload);
  });
}
