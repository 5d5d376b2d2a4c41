import type { ZodMediaTypeObject } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import type { ProblemKind } from '../problems/problem.ts';
import type { Header, Parameter } from './parameters.ts';

/** Under which heading an operation stands. */
export const tags = {
  Ask: 'Have sessions deleted, or failed submissions sent again.',
  Select: 'Choose sessions by their metadata: a preview, and nothing is deleted.',
  Rules: 'Retention rules: what is selected on a schedule, and reported, put up for approval or deleted.',
  Follow: 'What became of it.',
  Change: 'Hold, cancel and retry.',
  'Legal hold': 'Sessions that are never deleted, by whatever way that is asked for.',
  Stop: 'The switch that stops everything of a kind.',
  Process: 'For whatever runs the producer.',
} as const;

type Content = Readonly<Record<string, ZodMediaTypeObject>>;

export interface Answer {
  description: string;
  content: Content;
  headers?: Readonly<Record<string, Header>>;
}

/** One thing that the API does. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  id: string;
  tag: keyof typeof tags;
  summary: string;
  /** More of it, in Markdown. */
  description?: string;
  /** In the path and in headers. */
  parameters?: readonly Parameter[];
  query?: z.ZodObject;
  body?: { required: boolean; content: Content };
  answers: Readonly<Record<number, Answer>>;
  problems: readonly ProblemKind[];
}

/** What any call under `/v1` may be answered with. */
const always = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'missing-scope',
  'rate-limited',
  'internal',
  'issuer-away',
  'unavailable',
] as const satisfies ProblemKind[];
const aboutBodies = [
  'malformed-json',
  'too-slow',
  'too-large',
  'unsupported-media-type',
] as const satisfies ProblemKind[];

/** The problems of calls that are alike. */
export const problems = {
  reading: always,
  readingOne: [...always, 'unknown-request'],
  asking: [
    ...always,
    ...aboutBodies,
    'other-consumer',
    'unknown-consumer',
    'in-progress',
    'key-reused',
    'id-taken',
    'busy',
    'memory-short',
  ],
  selecting: [
    ...always,
    ...aboutBodies,
    'other-consumer',
    'unknown-consumer',
    'in-progress',
    'key-reused',
    'memory-short',
  ],
  readingSelection: [...always, 'unknown-selection'],
  cancellingSelection: [...always, ...aboutBodies, 'unknown-selection'],
  readingRule: [...always, 'unknown-rule'],
  settingRule: [...always, ...aboutBodies, 'other-consumer', 'unknown-consumer', 'conflict', 'memory-short'],
  runningRule: [...always, ...aboutBodies, 'unknown-rule', 'conflict', 'memory-short'],
  legalHold: [...always, 'unknown-legal-hold'],
  liftingHold: [...always, ...aboutBodies, 'unknown-legal-hold', 'memory-short'],
  changing: [...always, ...aboutBodies, 'unknown-request', 'conflict', 'memory-short'],
  switching: [...always, ...aboutBodies, 'other-consumer', 'memory-short'],
} as const satisfies Record<string, readonly ProblemKind[]>;
