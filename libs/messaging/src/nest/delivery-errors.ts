import { RpcException } from '@nestjs/microservices';

/** Thrown by a handler that cannot make sense of an event: it goes to the dead letters, never to be tried again. */
export class MalformedEvent extends RpcException {
  override readonly name = 'MalformedEvent';

  /** Lets Nest's exception filter pass this error on as it is. */
  override getError(): this {
    return this;
  }
}

/** Thrown by a handler that cannot do its work now, through no fault of the event: it is delivered again. */
export class DeliveryGivenBack extends RpcException {
  override readonly name = 'DeliveryGivenBack';

  /** Lets Nest's exception filter pass this error on as it is. */
  override getError(): this {
    return this;
  }
}
