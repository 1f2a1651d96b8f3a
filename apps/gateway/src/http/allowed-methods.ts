import type { Route } from './route.js';

interface Template {
  readonly matches: RegExp;
  readonly method: string;
}

/** Knows which methods an address takes, for 405. */
export class AllowedMethods {
  private readonly templates: readonly Template[];

  constructor(routes: readonly Pick<Route, 'path' | 'method'>[]) {
    this.templates = routes.map(({ path, method }) => ({ matches: pattern(path), method }));
  }

  /** The methods of `path` (without a query), sorted; empty when no route has that path. GET brings HEAD along. */
  of(path: string): string[] {
    const methods = this.templates.filter(({ matches }) => matches.test(path)).map(({ method }) => method);
    return [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)].sort();
  }
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
