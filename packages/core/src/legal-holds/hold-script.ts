import { consumerScript } from '../lanes/script-files.ts';

/** A script of legal holds, by its name. */
export const holdScript = (name: string) => consumerScript(new URL(`./scripts/${name}.lua`, import.meta.url));
