import { describe, expect, it } from '@jest/globals';
import { nodeVersionFault } from '../../setup/node-version.mjs';

describe('the check of the Node version', () => {
  it.each(['v20.11.0', 'v20.11.1', 'v20.20.2', 'v22.0.0', 'v100.1.0'])('takes %s', (version) => {
    expect(nodeVersionFault(version, '>=20.11')).toBeUndefined();
  });

  it.each(['v20.10.9', 'v18.20.8', 'v9.0.0'])('refuses %s and says what is needed', (version) => {
    expect(nodeVersionFault(version, '>=20.11')).toContain(`needs Node 20.11 or newer; this is ${version}`);
  });
});
