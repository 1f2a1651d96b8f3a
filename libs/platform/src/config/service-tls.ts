import type { CredentialFiles } from '../rpc/tls/credentials.js';
import { ServiceTls } from '../rpc/tls/service-tls.js';
import { ConfigError } from './read-environment.js';

/** What `serviceTlsVariables` gives, once read. */
type ReadServiceTlsVariables = { readonly [Name in keyof CredentialFiles]?: string | undefined } & {
  readonly SERVICE_PLAINTEXT: boolean;
};

const VARIABLES = ['SERVICE_TLS_CA_FILE', 'SERVICE_TLS_CERT_FILE', 'SERVICE_TLS_KEY_FILE'] as const;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/**
 * How `service` talks to other services: over TLS, or `null` for in the clear. `hosts` are those on which it listens for
 * calls, and to which it makes them: unless SERVICE_PLAINTEXT allows it, none but this machine is talked to in the clear.
 *
 * @throws {ConfigError} naming the variables that are missing, or whose file is not what it should be
 */
export function serviceTls(
  service: string,
  variables: ReadServiceTlsVariables,
  hosts: readonly string[],
): ServiceTls | null {
  const missing = VARIABLES.filter((name) => variables[name] === undefined);
  if (missing.length === 0) return new ServiceTls(service, variables as CredentialFiles);
  if (missing.length < VARIABLES.length) {
    throw new ConfigError(missing.map((name) => `${name}: is missing; ${VARIABLES.join(', ')} go together`));
  }
  const open = hosts.find((host) => !LOOPBACK.test(host));
  if (open === undefined || variables.SERVICE_PLAINTEXT) return null;
  const remedy = 'see npm run certs, or set SERVICE_PLAINTEXT=true where something else encrypts';
  throw new ConfigError([
    `${VARIABLES.join(', ')}: are missing; calls between services leave this machine (${open}); ${remedy}`,
  ]);
}
