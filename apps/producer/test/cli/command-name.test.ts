import { describe, expect, test } from '@jest/globals';
import { commandName, shellWord } from '../../src/cli/command-name.ts';

describe('the command in a hint', () => {
  test.each([
    ['/srv/sq/apps/producer/dist/cli.js', '/srv/sq', 'node apps/producer/dist/cli.js'],
    ['/srv/sq/apps/producer/dist/cli.js', '/srv/sq/apps/producer/dist', 'node cli.js'],
    // Somebody who called a script that went to another folder is not there.
    ['/srv/sq/apps/producer/dist/cli.js', '/srv/sq/examples', 'node /srv/sq/apps/producer/dist/cli.js'],
    ["/srv/it's here/cli.js", '/', "node 'srv/it'\\''s here/cli.js'"],
    ['/usr/local/bin/session-queue', '/home/ann', 'session-queue'],
  ])('called as %s in %s is %s', (file, folder, command) => {
    expect(commandName(file, folder)).toBe(command);
  });

  test('holds ids as a shell takes them', () => {
    expect(shellWord('88336e4c-04de-4274-ae31-39957b230f98')).toBe('88336e4c-04de-4274-ae31-39957b230f98');
    expect(shellWord('order 7; rm x')).toBe("'order 7; rm x'");
  });
});
