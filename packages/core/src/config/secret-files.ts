import { readFileSync } from 'node:fs';
import type { Environment } from './read-settings.ts';
import type { SettingProblem } from './settings-error.ts';

/** Secrets whose value may stand in a file instead, named by the variable with `_FILE` behind it. */
const fileSecrets = [
  'REDIS_PASSWORD',
  'WEBHOOK_SECRET',
  'LEARNOSITY_CONSUMER_SECRET',
  'TOMBSTONE_KEY',
  'EVIDENCE_S3_SECRET_ACCESS_KEY',
  'DASHBOARD_OIDC_CLIENT_SECRET',
] as const;

/** Those variables: what a container sets so that no secret stands in its environment. */
export const secretFileVariables: readonly string[] = fileSecrets.map((name) => `${name}_FILE`);

/**
 * The environment with each secret of `names` read from its file, where one is named. The newline that editors leave at the end is
 * not part of a secret. Problems never hold a value or a path.
 */
export function withSecretFiles(
  environment: Environment,
  names: readonly string[],
): { environment: Environment; problems: SettingProblem[] } {
  const read: Record<string, string> = {};
  const problems: SettingProblem[] = [];
  for (const secret of fileSecrets.filter((name) => names.includes(name))) {
    const name = `${secret}_FILE`;
    const path = environment[name];
    if (path === undefined || path === '') continue;
    const content = contentOf(path);
    if (environment[secret]) problems.push({ name, reason: `cannot be set together with ${secret}: keep the file` });
    else if (content === undefined) {
      problems.push({
        name,
        reason: 'names a file that cannot be read: check that it is there and that this user may read it',
      });
    } else if (content === '') problems.push({ name, reason: 'names an empty file: write the secret into it' });
    else read[secret] = content;
  }
  return { environment: { ...environment, ...read }, problems };
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
