import { switchSchema } from '../../requests/answer-schemas.ts';
import { startBodySchema, stopBodySchema } from '../../routes/switches.ts';
import { jsonOf } from '../components.ts';
import { type Operation, problems } from '../operation.ts';

/** The switch. */
export const stopping: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/stop',
    id: 'stop',
    tag: 'Stop',
    summary: 'Stop every send of a kind that has not begun, over all consumers.',
    description: 'Requests are accepted meanwhile, and wait. What has begun to be sent leaves within a moment.',
    body: { required: true, content: jsonOf(stopBodySchema) },
    answers: { 200: { description: 'Stopped', content: jsonOf(switchSchema) } },
    problems: problems.switching,
  },
  {
    method: 'post',
    path: '/v1/start',
    id: 'start',
    tag: 'Stop',
    summary: 'Undo the stop.',
    body: { required: true, content: jsonOf(startBodySchema) },
    answers: { 200: { description: 'Going on', content: jsonOf(switchSchema) } },
    problems: problems.switching,
  },
];
