import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { exchangeOf } from './exchange.js';
import type { Reply } from './reply.js';
import { writeReply } from './write-reply.js';

type Response = Parameters<FastifyAdapter['reply']>[0];

/**
 * Nest on Fastify, where what the handler of a route returns is a {@link Reply}. It is written here, and not by an
 * interceptor, because every request would pass that.
 */
export class GatewayAdapter extends FastifyAdapter {
  override reply(response: Response, body: unknown, statusCode?: number): FastifyReply {
    const served = 'request' in response ? exchangeOf(response.request.raw).served : null;
    if (served === null) return super.reply(response, body, statusCode);
    return writeReply(response as FastifyReply, body as Reply<unknown>, served);
  }
}
