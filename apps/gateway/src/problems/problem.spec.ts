import { RemoteError } from '@larder/platform';
import { Problem } from './problem.js';
import { problemOf } from './problem-of.js';
import { isProblemCode, PROBLEMS, problemSlug, problemType, type ProblemCode } from './problem-table.js';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

describe('the problem table', () => {
  it.each(codes)('gives %s an error status, a title and a type of its own', (code) => {
    expect(PROBLEMS[code].status).toBeGreaterThanOrEqual(400);
    expect(PROBLEMS[code].title).toMatch(/^[A-Z].*[^.]$/);
    expect(problemType(code)).toMatch(/^\/docs#[a-z-]+$/);
  });

  it('has no two problems of one type or title', () => {
    expect(new Set(codes.map(problemSlug)).size).toBe(codes.length);
    expect(new Set(codes.map((code) => PROBLEMS[code].title)).size).toBe(codes.length);
  });

  it('knows its own codes only', () => {
    expect(isProblemCode('SKU_TAKEN')).toBe(true);
    expect(isProblemCode('toString')).toBe(false);
  });
});

describe('Problem', () => {
  it('carries what its status demands', () => {
    const headers = (code: ProblemCode, more = {}): Record<string, string> => new Problem(code, 'x', more).headers();
    expect(headers('CREDENTIALS_REFUSED')).toHaveProperty('www-authenticate');
    expect(headers('UNAVAILABLE')).toHaveProperty('retry-after', '1');
    expect(headers('TOO_MANY_ATTEMPTS', { retryAfterSeconds: 0.2 })).toHaveProperty('retry-after', '1');
    expect(headers('PRODUCT_NOT_FOUND')).not.toHaveProperty('retry-after');
  });

  it('bounds what it says of fields, whose names a client chooses', () => {
    const errors = Array.from({ length: 50 }, () => ({ in: 'body', field: 'x'.repeat(9_999), detail: 'no' }) as const);
    const body = new Problem('BAD_INPUT', 'y'.repeat(9_999), { errors }).body('id');
    expect(body.errors).toHaveLength(20);
    expect(JSON.stringify(body).length).toBeLessThan(10_000);
  });
});

describe('problemOf', () => {
  const remote = (code: string, more = {}): RemoteError =>
    new RemoteError('catalog', { code, detail: 'told', ...more });

  it('keeps code, detail, fields and time of a refusal', () => {
    const issues = [{ path: 'changes.name', message: 'too long' }];
    const problem = problemOf(remote('TOO_MANY_ATTEMPTS', { issues, retryAfterSeconds: 7 }));
    expect(problem).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', message: 'told', status: 429 });
    expect(problem.details).toMatchObject({
      retryAfterSeconds: 7,
      errors: [{ in: 'body', field: 'changes.name', detail: 'too long' }],
    });
  });

  it.each(['UNAVAILABLE', 'OVERLOADED'])('does not repeat what a service says of itself with %s', (code) => {
    expect(problemOf(remote(code)).message).not.toContain('told');
  });

  it.each([remote('INTERNAL'), remote('A_CODE_OF_TOMORROW'), new Error('secret'), 'thrown text', null])(
    'makes %s an INTERNAL with an id and nothing else',
    (error) => {
      const problem = problemOf(error);
      expect(problem).toMatchObject({ code: 'INTERNAL', cause: error });
      expect(JSON.stringify(problem.body('id'))).not.toMatch(/secret|told|text/);
      expect(problem.details.errorId).toMatch(/^[\da-f-]{36}$/);
    },
  );
});
