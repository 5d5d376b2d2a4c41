import { openApiDocument } from '../../src/openapi/document.ts';

/** As much of a schema as the tests look at. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

export interface DocumentedContent {
  schema: JsonSchema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface DocumentedOperation {
  operationId: string;
  summary: string;
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, DocumentedContent> };
  responses: Record<string, { description: string; content: Record<string, DocumentedContent> }>;
}

interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, DocumentedOperation>>;
  webhooks: Record<string, { post: { requestBody: { content: Record<string, DocumentedContent> } } }>;
  components: { schemas: Record<string, JsonSchema> };
}

/** The document as it goes over the wire. */
export const document = JSON.parse(JSON.stringify(openApiDocument())) as OpenApiDocument;
