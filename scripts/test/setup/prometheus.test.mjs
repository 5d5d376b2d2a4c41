import { beforeEach, describe, expect, it } from '@jest/globals';
import { ensurePrometheus } from '../../setup/prometheus.mjs';

let present = false;
let installed = 0;

/** @param {Partial<import('../../setup/prometheus.mjs').PrometheusSources>} [changed] */
function sources(changed = {}) {
  return {
    isPresent: () => present,
    canInstall: async () => true,
    install: async () => {
      installed += 1;
      present = true;
      return undefined;
    },
    ...changed,
  };
}

beforeEach(() => {
  present = false;
  installed = 0;
});

describe('the search for a Prometheus', () => {
  it('installs nothing where one is', async () => {
    present = true;
    expect([await ensurePrometheus({ mayInstall: true }, sources()), installed]).toEqual([true, 0]);
  });

  it('installs the package where that is possible', async () => {
    expect([await ensurePrometheus({ mayInstall: true }, sources()), installed]).toEqual([true, 1]);
  });

  it('installs nothing where it may not', async () => {
    const cannot = sources({ canInstall: async () => false });
    expect([await ensurePrometheus({ mayInstall: true }, cannot), installed]).toEqual([false, 0]);
    expect([await ensurePrometheus({ mayInstall: false }, sources()), installed]).toEqual([false, 0]);
  });

  it('goes on without one when apt fails: only its tests are skipped then', async () => {
    const failing = sources({ install: async () => 'no route to the mirror' });
    expect(await ensurePrometheus({ mayInstall: true }, failing)).toBe(false);
  });
});
