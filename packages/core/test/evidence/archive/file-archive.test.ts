import { leakGuard } from '@session-queue/testing';
import { describeArchive } from './archive-behaviour.ts';
import { ArchiveLab } from './archive-lab.ts';

leakGuard();

describeArchive('an archive of files', () => ArchiveLab.start());
