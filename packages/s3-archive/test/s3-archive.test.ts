import { leakGuard } from '@session-queue/testing';
import { describeArchive } from '../../core/test/evidence/archive/archive-behaviour.ts';
import { S3Lab } from './s3-lab.ts';

leakGuard();

describeArchive('an archive in a store', () => S3Lab.start());
describeArchive('an archive in a store that lists three at a time', () => S3Lab.start({ pageSize: 3 }));
