import type { Versions } from '@larder/contracts';
import type { InputOf, OutputOf, Procedure, RpcClient } from '@larder/platform';
import { deviceCookie } from '../http/device-cookie.js';
import { outgoing, type Exchange } from '../http/exchange.js';
import { sessionCookie } from '../http/session-cookie.js';
import { newest } from '../http/version-token.js';

/** The part of a session procedure's input that is not the cookie's secret. */
type WithoutSecret<P extends Procedure> = Omit<InputOf<P>, 'secret'>;
/** Of its output, what is not for the exchange. */
type Told<P extends Procedure> = Omit<OutputOf<P>, 'cookie' | 'deviceToken' | 'versions'>;

/** Of its output, what is. */
interface Noted {
  readonly cookie?: { readonly secret: string | null };
  readonly deviceToken?: string;
  readonly versions?: Versions;
}

/** The auth service, called as the holder of a request's session cookie. */
export class AuthClient {
  constructor(private readonly rpc: RpcClient) {}

  /**
   * Calls a procedure that takes the cookie's secret, and notes in the exchange what the answer orders for the cookies,
   * and which versions it says that the session has made.
   *
   * @throws {RemoteError} what the procedure refuses, or UNAVAILABLE
   */
  async call<P extends Procedure>(procedure: P, input: WithoutSecret<P>, exchange: Exchange): Promise<Told<P>> {
    const { data } = await this.rpc.call(
      procedure,
      { ...input, secret: exchange.secret } as InputOf<P>,
      outgoing(exchange),
    );
    const { cookie, deviceToken, versions, ...told } = (data ?? {}) as Told<P> & Noted;
    if (cookie !== undefined) exchange.cookies.set('session', sessionCookie(cookie.secret));
    if (deviceToken !== undefined) exchange.cookies.set('device', deviceCookie(deviceToken));
    if (versions !== undefined) exchange.seen = newest(exchange.seen, versions);
    return told as unknown as Told<P>;
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
