/** One refusal: what is sent, byte for byte in Latin-1; the status and the problem that answer it. */
export type RawRow = readonly [name: string, bytes: string, status: number, problem: string];

const HOST = 'Host: localhost\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const SMUGGLED = 'GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n';
const KIB = 1_024;

const get = (fields: string, target = '/v2'): string => `GET ${target} HTTP/1.1\r\n${HOST}${fields}\r\n`;
const post = (fields: string, body = ''): string =>
  `POST /v1/cart/items HTTP/1.1\r\n${HOST}${JSON_TYPE}${fields}\r\n${body}`;
const chunked = (body: string): string => post('Transfer-Encoding: chunked\r\n', body);

const BAD = [400, 'malformed-request'] as const;

/** What two servers might take for requests that begin and end in different places. */
const SMUGGLING: readonly RawRow[] = [
  ['both lengths', post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`), ...BAD],
  [
    'both lengths, the other way round',
    post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `5c\r\n${SMUGGLED}`),
    ...BAD,
  ],
  ['two lengths', post('Content-Length: 2\r\nContent-Length: 40\r\n', `{}${SMUGGLED}`), ...BAD],
  ['one length twice', post('Content-Length: 2\r\nContent-Length: 2\r\n', `{}${SMUGGLED}`), ...BAD],
  ['a list of lengths', post('Content-Length: 2, 2\r\n', `{}${SMUGGLED}`), ...BAD],
  ['a length below 0', post('Content-Length: -2\r\n', '{}'), ...BAD],
  ['a length with a sign', post('Content-Length: +2\r\n', '{}'), ...BAD],
  ['a length in hex', post('Content-Length: 0x2\r\n', '{}'), ...BAD],
  ['a length with an exponent', post('Content-Length: 2e0\r\n', '{}'), ...BAD],
  ['a length beyond 64 bits', post('Content-Length: 99999999999999999999\r\n', '{}'), ...BAD],
  ['an unknown coding', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${SMUGGLED}`), ...BAD],
  ['a coding after chunked', post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${SMUGGLED}`), ...BAD],
  ['two codings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n', `0\r\n\r\n${SMUGGLED}`), ...BAD],
  ['a blank before the colon', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${SMUGGLED}`), ...BAD],
  ['a vertical tab before the coding', post('Transfer-Encoding:\x0bchunked\r\n', `0\r\n\r\n${SMUGGLED}`), ...BAD],
  ['a field name with a NUL', post('Transfer-Encoding\0: chunked\r\n', `0\r\n\r\n${SMUGGLED}`), ...BAD],
  ['a field over two lines', get('X-Y: one\r\n two\r\n'), ...BAD],
  ['a coding on the second line', post('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${SMUGGLED}`), ...BAD],
  ['a field that begins with a blank', `GET /v2 HTTP/1.1\r\n Host: localhost\r\n\r\n`, ...BAD],
  ['bare line feeds', 'GET /v2 HTTP/1.1\nHost: localhost\nConnection: close\n\n', ...BAD],
  ['a bare line feed in a field', get('X-Y: one\nTransfer-Encoding: chunked\r\n'), ...BAD],
  ['a bare carriage return in a field', get('X-Y: one\rTransfer-Encoding: chunked\r\n'), ...BAD],
  ['a NUL in a field', get('X-Y: one\0two\r\n'), ...BAD],
  ['a field without a colon', get('X-Y\r\n'), ...BAD],
  ['a field without a name', get(': x\r\n'), ...BAD],
  ['a chunk size that is none', chunked(`xyz\r\n{}\r\n0\r\n\r\n`), ...BAD],
  ['a chunk size below 0', chunked(`-2\r\n{}\r\n0\r\n\r\n`), ...BAD],
  ['a chunk size in C', chunked(`0x2\r\n{}\r\n0\r\n\r\n`), ...BAD],
  ['a chunk size beyond 64 bits', chunked(`fffffffffffffffff\r\n{}\r\n0\r\n\r\n`), ...BAD],
  ['a chunk that goes on', chunked(`2\r\n{}XX\r\n0\r\n\r\n`), ...BAD],
  ['a chunk after a bare line feed', chunked(`2\n{}\r\n0\r\n\r\n`), ...BAD],
  ['a chunk extension with a bare line feed', chunked(`2;\n{}\r\n0\r\n\r\n`), ...BAD],
  ['20,000 bytes of chunk extensions', chunked(`2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), 413, 'body-too-large'],
  [
    'chunks of more than 64 KiB',
    chunked(`${`400\r\n${' '.repeat(KIB)}\r\n`.repeat(80)}0\r\n\r\n`),
    413,
    'body-too-large',
  ],
  ['a length of more than 64 KiB', post('Content-Length: 1000000000\r\nConnection: close\r\n'), 413, 'body-too-large'],
];

/** What is no HTTP, or not the HTTP that is spoken here. */
const GARBAGE: readonly RawRow[] = [
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00', ...BAD],
  ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n', ...BAD],
  ['a command for Redis', 'FLUSHALL\r\n', ...BAD],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ...BAD],
  ['HTTP/0.9', 'GET /v1/cart\r\n\r\n', ...BAD],
  ['HTTP/9.9', `GET /v2 HTTP/9.9\r\n${HOST}\r\n`, ...BAD],
  ['http in lower case', `GET /v2 http/1.1\r\n${HOST}\r\n`, ...BAD],
  ['an unknown method', `BREW /v2 HTTP/1.1\r\n${HOST}\r\n`, ...BAD],
  ['a method in lower case', `get /v2 HTTP/1.1\r\n${HOST}\r\n`, ...BAD],
  ['a blank in the target', get('Connection: close\r\n', '/v2 /x'), ...BAD],
  ['bytes beyond ASCII in the target', get('Connection: close\r\n', '/v1/products/\xe9'), ...BAD],
  ['a control character in the target', get('Connection: close\r\n', '/v2\x01'), ...BAD],
  ['a whole address', get('Connection: close\r\n', 'http://localhost/v1/cart'), ...BAD],
  ['a whole address of another host', get('Connection: close\r\n', 'http://evil.example/v1/cart'), ...BAD],
  ['an asterisk', `OPTIONS * HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`, ...BAD],
  ['no host', 'GET /v2 HTTP/1.1\r\nConnection: close\r\n\r\n', ...BAD],
  ['no host in HTTP/1.0', 'GET /v2 HTTP/1.0\r\n\r\n', ...BAD],
  ['an empty host', 'GET /v2 HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', ...BAD],
  ['a tunnel', 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n', ...BAD],
  ['two hosts', get('Host: evil.example\r\nConnection: close\r\n'), ...BAD],
  ['the same host twice', get('Host: localhost\r\nConnection: close\r\n'), ...BAD],
  ['20,000 bytes of one field', get(`X: ${'x'.repeat(20_000)}\r\n`), 431, 'headers-too-large'],
  ['3,000 fields', get(`${'X: y\r\n'.repeat(3_000)}Connection: close\r\n`), 431, 'headers-too-large'],
  ['a target of 20,000 bytes', get('', `/${'x'.repeat(20_000)}`), 431, 'headers-too-large'],
];

/** What reaches the gateway as bytes. */
export const RAW_HTTP: readonly RawRow[] = [...SMUGGLING, ...GARBAGE];
