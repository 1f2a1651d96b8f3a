import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter, type LoggerService } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AllowedMethods } from '../http/allowed-methods.js';
import { exchangeOf } from '../http/exchange.js';
import { commonHeaders } from '../http/security-headers.js';
import { Problem } from './problem.js';
import { problemOf } from './problem-of.js';

/** Answers every error as a problem (RFC 9457), whoever threw it, and logs those that nobody expected. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly allowed: AllowedMethods,
    private readonly logger: LoggerService,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Sends the problem that `error` is. Does nothing when an answer is out already. */
  answer(error: unknown, request: FastifyRequest, response: FastifyReply): void {
    const exchange = exchangeOf(request.raw);
    const { requestId } = exchange;
    const problem = error instanceof NotFoundException ? this.missing(request) : problemOf(error);
    const { errorId } = problem.details;
    if (errorId !== undefined) {
      this.logger.error({ message: 'a request failed unexpectedly', errorId, requestId, err: problem.cause });
    }
    if (response.sent) return;
    for (const name of ['etag', 'location', 'cache-status', 'larder-version', 'vary']) response.removeHeader(name);
    void response
      .status(problem.status)
      .headers({ ...commonHeaders(exchange), ...problem.headers() })
      .send(JSON.stringify(problem.body(requestId)));
  }

  /** No route took the request: is it the method, or the address? */
  private missing({ raw, method }: FastifyRequest): Problem {
    const [path = ''] = (raw.url ?? '').split('?', 1);
    const methods = this.allowed.of(path);
    if (methods.length === 0) return new Problem('ROUTE_NOT_FOUND', 'No route has this path.');
    const headers = { allow: methods.join(', ') };
    return new Problem('METHOD_NOT_ALLOWED', `${method} is none of ${headers.allow}.`, { headers });
  }
}
