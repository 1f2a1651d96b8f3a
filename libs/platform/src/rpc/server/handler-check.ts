import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { PATTERN_METADATA } from '@nestjs/microservices/constants.js';
import { procedureOf } from './handles.decorator.js';

/** Keeps a service from starting with a message handler that names no policy. */
@Injectable()
export class HandlerCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws {TypeError} naming the handlers */
  onModuleInit(): void {
    const open = this.discovery
      .getControllers()
      .flatMap(({ instance, name }) => this.openHandlers(instance as object, String(name)));
    if (open.length > 0) throw new TypeError(`Use @Handles(procedure), which names a policy, on ${open.join(', ')}`);
  }

  private openHandlers(instance: object, controller: string): string[] {
    const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((method) => {
        const handler = prototype[method];
        return (
          handler !== undefined && Reflect.hasMetadata(PATTERN_METADATA, handler) && procedureOf(handler) === undefined
        );
      })
      .map((method) => `${controller}.${method}`);
  }
}
