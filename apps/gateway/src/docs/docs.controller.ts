import { createHash } from 'node:crypto';
import { Controller, Get, Header, Headers, Redirect, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ENCODING_FIELD } from '../http/compression.js';
import { namesTag, textTag } from '../http/entity-tag.js';
import { ROUTES } from '../routes.js';
import { docsPage } from './docs-page.js';
import { DOCS_STYLE } from './docs-style.js';
import { openApi } from './open-api.js';

/** The addresses of the documentation, which are no part of the interface it describes. */
export const DOCS_PATHS = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/docs' },
  { method: 'GET', path: '/openapi.json' },
] as const;

const JSON_TEXT = JSON.stringify(openApi(ROUTES));
const PAGE = docsPage(ROUTES);
/** The page has one style sheet, inside it, and no script: nothing else may run or load. */
const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(DOCS_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The interface described, for machines and for people; made once from the route table. */
@Controller()
export class DocsController {
  @Get('/')
  @Redirect('/docs', 302)
  home(): void {
    // the address of the page is all there is to say
  }

  @Get('/openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  document(@Headers('if-none-match') known: string | undefined, @Res() response: FastifyReply): void {
    send(response, JSON_TEXT, known);
  }

  @Get('/docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', PAGE_POLICY)
  page(@Headers('if-none-match') known: string | undefined, @Res() response: FastifyReply): void {
    send(response, PAGE, known);
  }
}

function send(response: FastifyReply, text: string, known: string | undefined): void {
  const etag = textTag(text);
  void response.headers({ etag, vary: ENCODING_FIELD, 'cache-control': 'public, no-cache' });
  if (namesTag(known, etag)) void response.code(304).send();
  else void response.send(text);
}
