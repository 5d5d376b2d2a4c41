import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { componentSchemas } from './components.ts';
import { type Operation, tags } from './operation.ts';
import { operations } from './operations.ts';
import { queryParameters } from './parameters.ts';
import { problemAnswers } from './problem-examples.ts';
import { webhooks } from './webhooks.ts';

const about = `Has Learnosity sessions deleted, and failed submissions sent again, by the million.

A request is durable once it is answered 202. What became of it, and of every item, can be asked for at any time.
Errors are problem documents (RFC 9457); none of them repeats a value that was sent.`;

/** The API as an OpenAPI 3.1 document, made from the schemas that check what comes in. */
export function openApiDocument(): object {
  const registry = new OpenAPIRegistry();
  for (const [name, schema] of Object.entries(componentSchemas())) registry.registerComponent('schemas', name, schema);
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token. A producer without any answers local callers only, and needs none.',
  });
  for (const operation of operations) registry.registerPath(routeOf(operation));
  for (const webhook of webhooks) registry.registerWebhook(webhook);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Session Queue',
      version: '1',
      description: about,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
  });
}

function routeOf(operation: Operation): RouteConfig {
  const { method, path, id, tag, summary, description, parameters = [], query, body } = operation;
  const all = [...parameters, ...(query === undefined ? [] : queryParameters(query))];
  const answers = Object.entries(operation.answers).map(([status, { headers, ...answer }]) => [
    status,
    { ...answer, ...(headers === undefined ? {} : { headers: { ...headers } }) },
  ]);
  return {
    method,
    path,
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(path.startsWith('/v1/') ? { security: [{ token: [] }] } : {}),
    ...(all.length === 0 ? {} : { parameters: all }),
    ...(body === undefined ? {} : { request: { body } }),
    responses: { ...Object.fromEntries(answers), ...problemAnswers(operation.problems) },
  };
}
