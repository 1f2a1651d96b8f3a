import { BaseRpcContext } from '@nestjs/microservices';
import type { IncomingEvent } from '../event.js';

/** What a handler gets with `@Ctx()`: the event around the payload. */
export class EventContext extends BaseRpcContext<[IncomingEvent]> {
  /** The event as it was delivered; its `data` is the payload. */
  getEvent(): IncomingEvent {
    return this.getArgs()[0];
  }
}
