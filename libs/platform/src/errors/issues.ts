import type { z } from 'zod';
import type { Issue } from './domain-error.js';

/** A schema's complaints as issues; an unknown field gets one of its own that names it. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: pathText(issue.path), message: issue.message }];
    return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: 'is not a known field' }));
  });
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
