/** Decorates a class without TypeScript; `parameters` are decorators of a method's arguments, by position. */
export function decorated(target, { class: ofClass = [], methods = {}, parameters = {} }) {
  for (const [name, decorators] of Object.entries(methods)) {
    const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name);
    for (const decorate of decorators) decorate(target.prototype, name, descriptor);
  }
  for (const [name, decorators] of Object.entries(parameters)) {
    decorators.forEach((decorate, at) => decorate(target.prototype, name, at));
  }
  for (const decorate of ofClass) decorate(target);
}
