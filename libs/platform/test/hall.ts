import { Controller, Module } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import {
  answer,
  Call,
  changed,
  defineProcedure,
  DomainError,
  Handles,
  Input,
  RpcServerModule,
  type Answer,
  type CallContext,
  type Caller,
  type ParsedInputOf,
  type Procedure,
} from '@larder/platform';
import { z } from 'zod';

/** The key that the door and the hall share. */
export const KEY = 'the key of door and hall, long enough';

/** The key that the clerk, a service that calls on its own account, and the hall share. */
export const CLERK_KEY = 'the key of clerk and hall, long enough';

const read = { policy: 'anyone', retryable: true } as const;

/** What the test service `hall` answers. */
export const hall = {
  greet: defineProcedure({
    pattern: 'hall.greet',
    input: z.strictObject({ name: z.string().min(2), times: z.number().int().default(1) }),
    output: z.string(),
    ...read,
  }),
  whoAmI: defineProcedure({ pattern: 'hall.who', input: z.strictObject({}), output: z.any(), ...read }),
  echo: defineProcedure({ pattern: 'hall.echo', input: z.json(), output: z.json(), ...read }),
  cached: defineProcedure({ pattern: 'hall.cached', input: z.strictObject({}), output: z.null(), ...read }),
  change: defineProcedure({ pattern: 'hall.change', input: z.strictObject({}), output: z.null(), ...read }),
  fill: defineProcedure({
    pattern: 'hall.fill',
    input: z.strictObject({ chars: z.number() }),
    output: z.string(),
    ...read,
  }),
  stall: defineProcedure({
    pattern: 'hall.stall',
    input: z.strictObject({ ms: z.number() }),
    output: z.string(),
    ...read,
  }),
  refuse: defineProcedure({ pattern: 'hall.refuse', input: z.strictObject({}), output: z.null(), ...read }),
  break: defineProcedure({ pattern: 'hall.break', input: z.strictObject({}), output: z.null(), ...read }),
  enter: defineProcedure({
    pattern: 'hall.enter',
    input: z.strictObject({}),
    output: z.string(),
    policy: 'signed-in',
    retryable: true,
  }),
  paint: defineProcedure({
    pattern: 'hall.paint',
    input: z.strictObject({}),
    output: z.string(),
    policy: 'editor',
    retryable: false,
  }),
  count: defineProcedure({
    pattern: 'hall.count',
    input: z.strictObject({}),
    output: z.string(),
    policy: { service: 'clerk' },
    retryable: true,
  }),
} satisfies Record<string, Procedure>;

@Controller()
class HallController {
  @Handles(hall.greet)
  async greet(@Input() { name, times }: ParsedInputOf<typeof hall.greet>): Promise<string> {
    return `Hello ${name}`.repeat(times);
  }

  @Handles(hall.whoAmI)
  async whoAmI(@Call() call: CallContext): Promise<Pick<CallContext, 'requestId' | 'principal' | 'traceparent'>> {
    const { requestId, principal, traceparent } = call;
    return { requestId, principal, traceparent };
  }

  @Handles(hall.echo)
  async echo(@Input() input: ParsedInputOf<typeof hall.echo>): Promise<ParsedInputOf<typeof hall.echo>> {
    return input;
  }

  @Handles(hall.cached)
  async cached(): Promise<Answer<null>> {
    return answer(null, [{ cache: 'larder-hall', outcome: 'miss', l1: false, stored: true, shared: false }]);
  }

  @Handles(hall.change)
  async change(): Promise<Answer<null>> {
    return changed(null, 'pending', { door: 7 });
  }

  @Handles(hall.fill)
  async fill(@Input() { chars }: ParsedInputOf<typeof hall.fill>): Promise<string> {
    return 'x'.repeat(chars);
  }

  @Handles(hall.stall)
  async stall(@Input() { ms }: ParsedInputOf<typeof hall.stall>, @Call() call: CallContext): Promise<string> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms, 'done');
      call.deadline.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve('too late');
      });
    });
  }

  @Handles(hall.refuse)
  async refuse(): Promise<null> {
    throw new DomainError('CART_FULL', 'There is no room', {
      issues: [{ path: 'items', message: 'are too many' }],
      retryAfterSeconds: 7,
    });
  }

  @Handles(hall.break)
  async break(): Promise<null> {
    throw new Error('the boiler exploded at redis://:hunter2hunter2@boiler:6379');
  }

  @Handles(hall.enter)
  async enter(): Promise<string> {
    return 'welcome';
  }

  @Handles(hall.paint)
  async paint(): Promise<string> {
    return 'painted';
  }

  @Handles(hall.count)
  async count(): Promise<string> {
    return 'counted';
  }
}

/** The test service. */
@Module({
  imports: [RpcServerModule.with({ service: 'hall', keys: { door: KEY }, peers: { clerk: CLERK_KEY } })],
  controllers: [HallController],
})
export class HallModule {}

@Controller()
class OpenController {
  @MessagePattern('hall.open')
  async open(): Promise<string> {
    return 'anybody may call this';
  }
}

/** A service with a handler that names no policy. */
@Module({ imports: [RpcServerModule.with({ service: 'hall', keys: { door: KEY } })], controllers: [OpenController] })
export class OpenModule {}

export const editor: Caller = { accountId: 'a-1', roles: ['customer', 'editor'], sessionId: 's-1' };
export const customer: Caller = { accountId: 'a-2', roles: ['customer'], sessionId: 's-2' };
