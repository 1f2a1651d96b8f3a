import { z } from 'zod';
import { PROBLEMS, problemType, type ProblemCode } from './problem-table.js';

const MAX_FIELD_ERRORS = 20;
const MAX_TEXT_CHARS = 300;
const RETRY_AFTER_SECONDS = 1;
const CHALLENGE = 'Cookie realm="larder", cookie-name="__Host-sid"';

/** What is wrong with one field. `field` is a dotted path such as `items.0.name`; `*` is the whole part. */
export const FieldError = z.object({
  in: z.enum(['path', 'query', 'header', 'body']),
  field: z.string(),
  detail: z.string(),
});
export type FieldError = z.infer<typeof FieldError>;

/** The body of every error, RFC 9457. `requestId` is that of `X-Request-Id`; `errorId` finds the log line of a 500. */
export const ProblemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(FieldError).optional(),
  errorId: z.string().optional(),
});
export type ProblemBody = z.infer<typeof ProblemBody>;

/** What a {@link Problem} may carry besides its code and detail. */
export interface ProblemDetails {
  readonly errors?: readonly FieldError[];
  /** Whole seconds; 429 and 503 say 1 when it is absent, others nothing. */
  readonly retryAfterSeconds?: number;
  /** More header fields, such as Allow. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly errorId?: string;
  readonly cause?: unknown;
}

/** A refusal on its way to the client. The message becomes the `detail`, so it holds nothing internal. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly details: ProblemDetails = {},
  ) {
    super(detail.slice(0, MAX_TEXT_CHARS), { cause: details.cause });
  }

  /** The HTTP status of the code. */
  get status(): number {
    return PROBLEMS[this.code].status;
  }

  /** What goes into the body. At most 20 fields are named. */
  body(requestId: string): ProblemBody {
    const { errors, errorId } = this.details;
    return {
      type: problemType(this.code),
      title: PROBLEMS[this.code].title,
      status: this.status,
      detail: this.message,
      requestId,
      ...(errors !== undefined && { errors: errors.slice(0, MAX_FIELD_ERRORS).map(shortened) }),
      ...(errorId !== undefined && { errorId }),
    };
  }

  /** The header fields that its status demands: a challenge, when to come back, what else is taken. */
  headers(): Record<string, string> {
    const { retryAfterSeconds, headers } = this.details;
    const comesBack = retryAfterSeconds !== undefined || this.status === 429 || this.status === 503;
    return {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(this.status === 401 && { 'www-authenticate': CHALLENGE }),
      ...(comesBack && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds ?? RETRY_AFTER_SECONDS))) }),
      ...headers,
    };
  }
}

function shortened(error: FieldError): FieldError {
  return { ...error, field: error.field.slice(0, MAX_TEXT_CHARS), detail: error.detail.slice(0, MAX_TEXT_CHARS) };
}
