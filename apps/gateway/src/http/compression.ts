import { fastifyCompress } from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** What answers depend on that may be compressed; the library spells it so, and looks for it so. */
export const ENCODING_FIELD = 'accept-encoding';

/** Below this a header field costs more than it saves. */
const MIN_BYTES = 1_024;
/** More is compressed outside the event loop. */
const MAX_INLINE_BYTES = 16 * 1_024;
const TYPES = /^(?:application\/(?:problem\+)?json|text\/html)(?:;|$)/;

/**
 * Compresses what GET answers at these addresses, such as `/v1/products`, for clients that take Brotli or gzip; an
 * Accept-Encoding that cannot be read asks for neither.
 */
export function compressAnswers(fastify: FastifyInstance, paths: readonly string[]): void {
  fastify.addHook('onRoute', (route) => {
    if (route.method !== 'GET' || !paths.includes(route.url)) route.compress = false;
  });
  void fastify.register(fastifyCompress, {
    encodings: ['br', 'gzip'],
    threshold: MIN_BYTES,
    syncThreshold: MAX_INLINE_BYTES,
    customTypes: TYPES,
    globalDecompression: false,
  });
}
