import type { InputOf, OutputOf, Procedure, RpcClient } from '@larder/platform';
import { outgoing, type Exchange } from '../http/exchange.js';

/** The part of a session procedure's input that is not the cookie's secret. */
type WithoutSecret<P extends Procedure> = Omit<InputOf<P>, 'secret'>;
type WithoutCookie<P extends Procedure> = Omit<OutputOf<P>, 'cookie'>;

/** The auth service, called as the holder of a request's session cookie. */
export class AuthClient {
  constructor(private readonly rpc: RpcClient) {}

  /**
   * Calls a procedure that takes the cookie's secret, and notes in the exchange what the answer orders for the cookie.
   *
   * @throws {RemoteError} what the procedure refuses, or UNAVAILABLE
   */
  async call<P extends Procedure>(
    procedure: P,
    input: WithoutSecret<P>,
    exchange: Exchange,
  ): Promise<WithoutCookie<P>> {
    const { data } = await this.rpc.call(
      procedure,
      { ...input, secret: exchange.secret } as InputOf<P>,
      outgoing(exchange),
    );
    const { cookie, ...rest } = data as WithoutCookie<P> & { cookie?: { secret: string | null } };
    if (cookie !== undefined) exchange.cookieOrder = cookie.secret;
    return rest as unknown as WithoutCookie<P>;
  }

  /** Calls a procedure that has nothing to do with a session. @throws {RemoteError} as {@link call} */
  async callWithoutSession<P extends Procedure>(
    procedure: P,
    input: InputOf<P>,
    exchange: Exchange,
  ): Promise<OutputOf<P>> {
    return (await this.rpc.call(procedure, input, outgoing(exchange))).data;
  }
}
