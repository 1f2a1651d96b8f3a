import type { Server, TlsOptions, TLSSocket } from 'node:tls';
import { constants } from 'node:crypto';
import type { OwnContext } from '../tls/credentials.js';
import type { ServiceTls } from '../tls/service-tls.js';
import { isNamedIn } from '../tls/names.js';

/** How long a stranger may take to show a certificate; callers wait half as long for a connection. */
const HANDSHAKE_TIMEOUT_MS = 2_000;

/** How a server of ours is secured: only callers with a certificate of the same authority get in. */
export function serverOptions(own: OwnContext): TlsOptions {
  return {
    ...own,
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    secureOptions: constants.SSL_OP_NO_TICKET, // a session resumed would pass by a new authority
  };
}

/** Lets each new connection of `server` begin with the certificates that the files hold then. */
export function renewWith(server: Server, tls: ServiceTls): void {
  let shown = tls.current();
  server.prependListener('connection', () => {
    const current = tls.current();
    if (current === shown) return;
    server.setSecureContext(serverOptions(current));
    shown = current;
  });
}

const named = new WeakMap<object, ReadonlySet<string>>();

/** Notes which of `callers` a connection's certificate names. @returns whether there is one */
export function recognise(socket: TLSSocket, callers: Iterable<string>): boolean {
  const certificate = socket.getPeerX509Certificate();
  const names = certificate && [...callers].filter((caller) => isNamedIn(certificate, caller));
  if (names === undefined || names.length === 0) return false;
  named.set(socket, new Set(names));
  return true;
}

/** Whether a call that `issuer` has signed may come over this connection: in the clear anybody's, over TLS its own. */
export function mayCarry(socket: object, issuer: string): boolean {
  return named.get(socket)?.has(issuer) ?? true;
}
