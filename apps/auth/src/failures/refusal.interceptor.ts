import { Injectable, Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, throwError, type Observable } from 'rxjs';
import { asRefusal } from './unavailable.js';

/** Answers UNAVAILABLE, and logs why, where Redis or the database cannot do their part; see {@link asRefusal}. */
@Injectable()
export class RefusalInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Auth');

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        const refusal = asRefusal(error);
        if (refusal !== error) this.logger.warn({ message: 'a call was refused', err: error });
        return throwError(() => refusal);
      }),
    );
  }
}
