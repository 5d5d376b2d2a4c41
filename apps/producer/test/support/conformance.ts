import { type DocumentedOperation, document } from './document.ts';
import { checkClosed } from './schema-check.ts';

const places = Object.entries(document.paths).map(([path, methods]) => ({
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  methods,
}));
/** What anything that is no operation is answered with: there is nothing here, no such method, or not with such a token. */
const elsewhere: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 429]);

/** Throws when an answer is not as the OpenAPI document says: its status, its type, its body, its kind of problem. */
export async function holdToDocument(method: string, path: string, response: Response): Promise<void> {
  const fault = await faultOf(method, path, response);
  if (fault !== undefined) throw new Error(`${method} ${path} was answered ${response.status}, and ${fault}`);
}

async function faultOf(method: string, path: string, response: Response): Promise<string | undefined> {
  const operation = operationOf(method, path);
  const type = response.headers.get('content-type')?.split(';', 1)[0] ?? 'none';
  if (operation === undefined) {
    if (!elsewhere.has(response.status)) return 'no operation is documented there';
    return method === 'HEAD' ? undefined : await problemFault(type, response);
  }
  const documented = operation.responses[response.status];
  if (documented === undefined) return 'this status is not documented';
  const content = documented.content[type];
  if (content === undefined) return `its type is ${type}`;
  // A stream of events ends when it ends.
  if (method === 'HEAD' || !/[/+]json$/.test(type)) return undefined;
  if (type === 'application/problem+json') return await problemFault(type, response, content.examples);
  return checkClosed(content.schema, await response.clone().json());
}

function operationOf(method: string, path: string): DocumentedOperation | undefined {
  const [address = ''] = path.split('?', 1);
  const place = places.find(({ pattern }) => pattern.test(address));
  return place?.methods[method === 'HEAD' ? 'get' : method.toLowerCase()];
}

async function problemFault(type: string, response: Response, kinds?: object): Promise<string | undefined> {
  if (type !== 'application/problem+json') return `its type is ${type}`;
  const problem: unknown = await response.clone().json();
  const fault = checkClosed({ $ref: '#/components/schemas/Problem' }, problem);
  if (fault !== undefined || kinds === undefined) return fault;
  const kind = /^urn:problem-type:session-queue:(.+)$/.exec((problem as { type: string }).type)?.[1] ?? '';
  return kind in kinds ? undefined : `the problem '${kind}' is not documented`;
}
