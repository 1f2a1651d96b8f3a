/** A catalog over HTTP that has everything in memory. */
import fastify from 'fastify';

const settings = JSON.parse(process.argv[2]);
const products = new Map(settings.products.map((product) => [product.id, product]));
const server = fastify();
server.get('/v1/products/:id', (request, reply) => products.get(request.params.id) ?? reply.callNotFound());
await server.listen({ port: 0, host: '127.0.0.1' });
process.send(server.server.address().port);
