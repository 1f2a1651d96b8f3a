/** A Nest gateway on Fastify that asks a TCP service for every request, and does nothing else. */
import 'reflect-metadata';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { decorated } from './decorated.mjs';

const { service } = JSON.parse(process.argv[2]);
const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port: service } });

class Products {
  get(id) {
    return client.send('product', id);
  }
}
decorated(Products, {
  class: [Controller()],
  methods: { get: [Get('/v1/products/:id')] },
  parameters: { get: [Param('id')] },
});

class App {}
decorated(App, { class: [Module({ controllers: [Products] })] });

const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
await client.connect();
await app.listen(0, '127.0.0.1');
process.send(app.getHttpServer().address().port);
