/** A Nest TCP service that returns a constant. */
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { decorated } from './decorated.mjs';
import { freePort } from './free-port.mjs';

const { product } = JSON.parse(process.argv[2]);

class Products {
  get() {
    return product;
  }
}
decorated(Products, { class: [Controller()], methods: { get: [MessagePattern('product')] } });

class App {}
decorated(App, { class: [Module({ controllers: [Products] })] });

const port = await freePort();
const app = await NestFactory.createMicroservice(App, {
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port },
  logger: false,
});
await app.listen();
process.send(port);
