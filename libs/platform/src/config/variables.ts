import { z } from 'zod';

const MIN_SECRET_BYTES = 32;

/** A TCP port, `fallback` unless set; 0 takes a free one. */
export function port(fallback: number): z.ZodDefault<z.ZodCoercedNumber> {
  return z.coerce.number().int().min(0).max(65_535).default(fallback);
}

/** A host name or an address. */
export function host(fallback: string): z.ZodDefault<z.ZodString> {
  return z.string().min(1).max(253).default(fallback);
}

/** `true` or `false` (also `1`, `0`, `yes`, `no`, `on`, `off`). */
export function flag(fallback: boolean): z.ZodDefault<z.ZodCodec<z.ZodString, z.ZodBoolean>> {
  return z.stringbool().default(fallback);
}

/** A secret: at least 32 bytes of text. */
export function secret(): z.ZodString {
  return z
    .string()
    .refine((text) => Buffer.byteLength(text) >= MIN_SECRET_BYTES, `must have at least ${MIN_SECRET_BYTES} bytes`);
}

const LogLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info');

/** How much is logged; `silent` for nothing. */
export type LogLevel = z.output<typeof LogLevel>;

/** What every app reads: where its operations server listens, and how much it logs. */
export function operationsVariables(opsPort: number): {
  OPS_HOST: ReturnType<typeof host>;
  OPS_PORT: ReturnType<typeof port>;
  LOG_LEVEL: typeof LogLevel;
} {
  return { OPS_HOST: host('127.0.0.1'), OPS_PORT: port(opsPort), LOG_LEVEL: LogLevel };
}

/** What an app that listens reads: {@link operationsVariables}, and where it listens itself. */
export function serverVariables(
  ownPort: number,
  opsPort: number,
): ReturnType<typeof operationsVariables> & { HOST: ReturnType<typeof host>; PORT: ReturnType<typeof port> } {
  return { HOST: host('127.0.0.1'), PORT: port(ownPort), ...operationsVariables(opsPort) };
}

const ADDRESS = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/;

/** Addresses such as `one:6379,two:6379` or `[::1]:6379`, at least one, and none twice. */
export function addresses(): z.ZodType<{ host: string; port: number }[], string> {
  return z.string().transform((text, context) => {
    const found = text.split(',').map((part) => ADDRESS.exec(part.trim()));
    const read = found.map((match) => ({ host: match?.[1] ?? match?.[2] ?? '', port: Number(match?.[3] ?? 0) }));
    const different = new Set(read.map((address) => `${address.host}:${address.port}`)).size === read.length;
    if (different && read.every(({ port: number }) => number > 0 && number <= 65_535)) return read;
    context.addIssue({ code: 'custom', message: 'must be a list of different addresses such as one:6379,two:6379' });
    return z.NEVER;
  });
}

const text = z.string().min(1).optional();

/**
 * Where Redis is: one server by REDIS_HOST, the master REDIS_SENTINEL_NAME of REDIS_SENTINELS, or REDIS_CLUSTER_NODES;
 * without any of them there is none. REDIS_TLS_CA_FILE is the path of an authority's certificates in PEM.
 */
export const redisVariables = {
  REDIS_HOST: z.string().min(1).max(253).optional(),
  REDIS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  REDIS_SENTINELS: addresses().optional(),
  REDIS_SENTINEL_NAME: text,
  REDIS_SENTINEL_USERNAME: text,
  REDIS_SENTINEL_PASSWORD: text,
  REDIS_CLUSTER_NODES: addresses().optional(),
  REDIS_USERNAME: text,
  REDIS_PASSWORD: text,
  REDIS_TLS: flag(false),
  REDIS_TLS_CA_FILE: text,
};

/** Where RabbitMQ is; without RABBITMQ_URL there is none. */
export const rabbitVariables = {
  RABBITMQ_URL: z
    .url({ protocol: /^amqps?$/, error: 'must be a URL such as amqp://user:password@host:5672/vhost' })
    .optional(),
};

/**
 * The files of mutual TLS between services, in PEM: all three, or none. SERVICE_PLAINTEXT allows calls in the clear beyond
 * this machine, where something else encrypts them.
 */
export const serviceTlsVariables = {
  SERVICE_TLS_CA_FILE: text,
  SERVICE_TLS_CERT_FILE: text,
  SERVICE_TLS_KEY_FILE: text,
  SERVICE_PLAINTEXT: flag(false),
};
