import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { ownRelease, type Release } from '../world/release.ts';

const bullScript = z.object({ name: z.string(), content: z.string() });

/**
 * Names scripts by their sha1. BullMQ's are known from the start. Ours are joined of several files, the script's own last: such a
 * one is learnt when it goes to Redis as text, which each script does before its sha1 means anything there.
 */
export class ScriptNames {
  readonly #byHash = new Map<string, string>();
  readonly #ours: readonly { name: string; text: string }[];

  static async read(releases: readonly Release[] = [ownRelease]): Promise<ScriptNames> {
    const names = new ScriptNames(releases);
    const folder = join(dirname(createRequire(import.meta.url).resolve('bullmq')), '../esm/scripts');
    for (const file of readdirSync(folder).filter((name) => /-\d+\.js$/.test(name))) {
      const exported: Record<string, unknown> = await import(pathToFileURL(join(folder, file)).href);
      for (const value of Object.values(exported)) {
        const script = bullScript.safeParse(value).data;
        if (script !== undefined) names.#byHash.set(sha1(script.content), `bull:${script.name}`);
      }
    }
    return names;
  }

  private constructor(releases: readonly Release[]) {
    const folders = releases.flatMap(({ scriptFolders }) => scriptFolders);
    this.#ours = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.lua'))
        .map((path) => ({
          name: basename(path, '.lua').replace(/-\d+$/, ''),
          text: `${readFileSync(join(folder, path), 'utf8').trimEnd()}\n`,
        })),
    );
  }

  /** Learns the script of an EVAL. */
  learn(source: Buffer): string | undefined {
    const hash = sha1(source);
    const known = this.#byHash.get(hash);
    if (known !== undefined) return known;
    const text = source.toString('utf8');
    const name = this.#ours.find((one) => text.endsWith(one.text))?.name;
    if (name !== undefined) this.#byHash.set(hash, name);
    return name;
  }

  find(hash: string): string | undefined {
    return this.#byHash.get(hash);
  }

  /** The names of our own scripts. */
  get ours(): string[] {
    return this.#ours.map(({ name }) => name);
  }
}

function sha1(source: Buffer | string): string {
  return createHash('sha1').update(source).digest('hex');
}
