import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { callbackEventSchema } from '../requests/answer-schemas.ts';
import { jsonOf } from './components.ts';
import type { Parameter } from './parameters.ts';

const header = (name: string, description: string): Parameter => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

/** What the producer sends by itself, as a route of whoever is told. */
export const webhooks: readonly RouteConfig[] = [
  {
    method: 'post',
    path: 'requestEnded',
    operationId: 'requestEnded',
    tags: ['Follow'],
    summary: 'Tells the `callbackUrl` of a request of its end.',
    description:
      'Signed as Standard Webhooks has it. Anything but a 2xx within 15 s is tried again for about a day; 410 ends it. It may come ' +
      'twice, by the same `webhook-id`.',
    parameters: [
      header('webhook-id', 'The same for every attempt for one end of a request'),
      header('webhook-timestamp', 'When it was signed, in seconds since 1970'),
      header(
        'webhook-signature',
        '`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several, separated by spaces',
      ),
    ],
    request: { body: { required: true, content: jsonOf(callbackEventSchema) } },
    responses: {
      '2XX': { description: 'Heard' },
      410: { description: 'Never again for this request' },
    },
  },
];
