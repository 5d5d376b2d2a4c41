import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler } from 'express';

const ours = fileURLToPath(new URL('../../assets/docs', import.meta.url));
const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui-bundle.js'));
/** Of the package's many files. */
const needed: ReadonlySet<string> = new Set(['/swagger-ui-bundle.js', '/swagger-ui.css', '/favicon-32x32.png']);

/** Files of the producer's own, and nothing from elsewhere; pictures stand in the style sheet too. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page of the API, as `/docs` shows it. */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Session Queue API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<div id="docs"></div>
<noscript>This page needs JavaScript. <a href="/openapi.json">The document itself</a> does not.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/show.js"></script>
</body>
</html>
`;

/** `GET /docs`: the OpenAPI document, to be read and tried. */
export const showDocs: RequestHandler = (_request, response) => {
  response.set('Content-Security-Policy', policy).type('html').send(docsPage);
};

/** What the page is made of, under `/docs/`. */
export function docsFiles(): RequestHandler[] {
  const options = { index: false, redirect: false, etag: false, lastModified: false, cacheControl: false } as const;
  const files = express.static(swaggerUi, options);
  const onlyNeeded: RequestHandler = (request, response, next) => {
    if (needed.has(request.path)) files(request, response, next);
    else next();
  };
  return [express.static(ours, options), onlyNeeded];
}
