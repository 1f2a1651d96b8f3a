import { Module } from '@nestjs/common';
import { CartController } from './cart.controller.js';
import { Cart } from './cart.js';

@Module({ controllers: [CartController], providers: [Cart] })
export class CartModule {}
