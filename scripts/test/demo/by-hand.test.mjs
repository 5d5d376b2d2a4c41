import { describe, expect, it } from '@jest/globals';
import { byHand } from '../../erasure/by-hand.mjs';

describe('what the demo of an erasure says at its end', () => {
  it('is all that one needs to go on by hand', () => {
    const system = {
      producerUrl: 'http://127.0.0.1:3000',
      dashboardUrl: 'http://127.0.0.1:3001',
      signIn: { name: 'operator', password: 'told' },
      token: 'of-the-system',
    };
    const tokens = { registrar: 'of-the-registrar', officer: 'of-the-officer' };
    const erasure = /** @type {any} */ ({ system, tokens, publicKey: '/run/evidence.pub', journal: '/run/journal' });
    const text = byHand(erasure, '/run');
    expect(text).toContain('export SESSION_QUEUE_URL=http://127.0.0.1:3000 SESSION_QUEUE_TOKEN=of-the-registrar\n');
    expect(text).toContain('SESSION_QUEUE_TOKEN=of-the-officer node apps/producer/dist/cli.js approve');
    expect(text).toContain('verify-journal /run/journal/default --public-key /run/evidence.pub');
    for (const command of ['select', 'delete', 'legal-hold', 'certificate', 'verify-certificate'])
      expect(text).toContain(`cli.js ${command} `);
    expect(text).not.toContain('of-the-system');
  });
});
