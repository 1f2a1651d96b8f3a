import { Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, throwError, type Observable } from 'rxjs';

/**
 * Turns failures of a service's servers into refusals that a caller can act on, and logs why.
 * `asRefusal` answers the error itself where it is no such failure.
 */
export class RefusalInterceptor implements NestInterceptor {
  private readonly logger: Logger;

  constructor(
    name: string,
    private readonly asRefusal: (error: unknown) => unknown,
  ) {
    this.logger = new Logger(name);
  }

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        const refusal = this.asRefusal(error);
        if (refusal !== error) this.logger.warn({ message: 'a call was refused', err: error });
        return throwError(() => refusal);
      }),
    );
  }
}
