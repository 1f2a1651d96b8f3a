import { randomUUID } from 'node:crypto';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { DomainError } from '../../errors/domain-error.js';
import type { Refusal } from '../envelope.js';

/** Turns what a handler throws into a refusal on the wire. A bug becomes INTERNAL with an opaque id, and is logged once under it. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  private readonly logger = new Logger('Rpc');

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const refusal = error instanceof DomainError ? refusalOf(error) : this.report(error, host);
    return throwError(() => refusal);
  }

  private report(error: unknown, host: ArgumentsHost): Refusal {
    const id = randomUUID();
    const call = host.switchToRpc().getData<{ meta?: { requestId?: unknown } } | null>();
    this.logger.error({
      message: 'a call failed unexpectedly',
      errorId: id,
      requestId: call?.meta?.requestId,
      err: error,
    });
    return { code: 'INTERNAL', detail: `Unexpected error ${id}` };
  }
}

function refusalOf({ code, message, issues, retryAfterSeconds }: DomainError): Refusal {
  return {
    code,
    detail: message,
    ...(issues && { issues }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}
