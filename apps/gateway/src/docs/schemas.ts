import {
  Account,
  Category,
  CategoryChanges,
  CategoryPage,
  NewCategory,
  NewProduct,
  Preferences,
  PreferencesChanges,
  Product,
  ProductChanges,
  ProductPage,
  SessionView,
  Stock,
} from '@larder/contracts';
import { z } from 'zod';
import { Cart, CartItem } from '../cart/cart-routes.js';
import { FieldError, ProblemBody } from '../problems/problem.js';
import { SessionPage } from '../sessions/session-routes.js';

/** A JSON Schema of draft 2020-12, the dialect of OpenAPI 3.1. */
export type JsonSchema = Record<string, unknown>;

const ANSWERS = {
  Account,
  Cart,
  CartItem,
  Category,
  CategoryPage,
  FieldError,
  Preferences,
  Problem: ProblemBody,
  Product,
  ProductPage,
  Session: SessionView,
  SessionPage,
  Stock,
};
const REQUESTS = { CategoryChanges, NewCategory, NewProduct, PreferencesChanges, ProductChanges };

/** All named schemas, for `components`. */
export function componentSchemas(): Record<string, JsonSchema> {
  return { ...converted(ANSWERS, 'output'), ...converted(REQUESTS, 'input') };
}

/** A reference to a named schema, or the schema itself. `input` is what a client sends, `output` what it gets. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const named = Object.entries(io === 'input' ? REQUESTS : ANSWERS).find(([, known]) => known === schema);
  if (named !== undefined) return { $ref: reference(named[0]) };
  return withoutDialect(z.toJSONSchema(schema, optionsOf(io)));
}

function converted(schemas: Record<string, z.ZodType>, io: 'input' | 'output'): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const all = z.toJSONSchema(registry, { ...optionsOf(io), uri: reference }).schemas;
  return Object.fromEntries(Object.entries(all).map(([id, schema]) => [id, withoutDialect(schema)]));
}

/** An answer may have more fields one day, and no client is to refuse it for that; a request may have no other than these. */
function optionsOf(io: 'input' | 'output') {
  return {
    io,
    override: ({ jsonSchema }: { jsonSchema: { additionalProperties?: unknown } }): void => {
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  };
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}

/** The dialect is that of the whole document, and a name is told by where it stands. */
function withoutDialect(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema' && name !== '$id'));
}
