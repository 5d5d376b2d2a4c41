import { join } from 'node:path';
import { projectFolder } from './places.ts';

/** A built version of the product. */
export interface Release {
  workerScript: string;
  producerScript: string;
  /** Where Lua scripts lie. */
  scriptFolders: readonly string[];
}

/** What is built in a copy of the project. */
export function releaseIn(folder: string): Release {
  return {
    workerScript: join(folder, 'apps/worker/dist/main.js'),
    producerScript: join(folder, 'apps/producer/dist/main.js'),
    scriptFolders: [join(folder, 'packages/core/dist'), join(folder, 'apps/producer/dist')],
  };
}

export const ownRelease = releaseIn(projectFolder);
