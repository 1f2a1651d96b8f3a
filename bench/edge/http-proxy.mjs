/** A gateway that passes everything on to one upstream. */
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

const { upstream } = JSON.parse(process.argv[2]);
const server = fastify();
await server.register(proxy, { upstream });
await server.listen({ port: 0, host: '127.0.0.1' });
process.send(server.server.address().port);
