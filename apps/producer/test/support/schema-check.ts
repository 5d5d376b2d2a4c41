import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import { document, type JsonSchema } from './document.ts';

/** Says what is wrong with a value by a schema of the document; `undefined` when nothing is. */
export type SchemaCheck = (schema: JsonSchema, value: unknown) => string | undefined;

/** As the document has it: objects may have further fields where it does not forbid them. */
export const checkOpen = checkerOf(() => document.components.schemas);
/** With no field that the document does not name. */
export const checkClosed = checkerOf(() => closed(document.components.schemas));

function checkerOf(schemas: () => unknown): SchemaCheck {
  let ajv: Ajv2020 | undefined;
  const compiled = new Map<string, ValidateFunction>();
  return (schema, value) => {
    // Not before something is checked: it takes long.
    ajv ??= readerOf(schemas());
    const text = JSON.stringify(schema);
    const validate = compiled.get(text) ?? ajv.compile(placed(schema));
    compiled.set(text, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  };
}

function readerOf(schemas: unknown): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  return ajv.addSchema(placed({ $id: 'document', $defs: schemas }));
}

/** Components stand where JSON Schema, which knows no `components`, has such things. */
function placed(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"document#/$defs/')) as JsonSchema;
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}
