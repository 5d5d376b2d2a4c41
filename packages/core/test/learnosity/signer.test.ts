import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { loadSigner } from '../../src/learnosity/load-signer.ts';
import { createSdkSigner, requireSdk } from '../../src/learnosity/sdk-signer.ts';
import { builtInSigner, type Signer, type SignInput, securityTimestamp } from '../../src/learnosity/signer.ts';

const demo: SignInput = {
  key: 'yis0TYCu7U9V4o7M',
  secret: '74c5fd430cf1242a527f6223aebd42d30464be22',
  domain: 'localhost',
  action: 'get',
  request: { limit: 100 },
  at: new Date('2014-06-26T05:28:59.999Z'),
};

/** The SDK is the worker's. */
const installed = requireSdk(new URL('../../../../apps/worker/package.json', import.meta.url));

function sdkSigner(): Signer | undefined {
  try {
    return createSdkSigner(installed);
  } catch {
    return undefined;
  }
}

const sdk = sdkSigner();
const describeSdk = sdk === undefined ? describe.skip : describe;

describe('the built-in signer', () => conforms(builtInSigner));
describeSdk('the official SDK (skipped where it is not installed)', () => conforms(sdk ?? builtInSigner));

/** The one conformance test for both signers. */
function conforms(signer: Signer): void {
  test.each([
    ['get', '$02$e19c8a62fba81ef6baf2731e2ab0512feaf573ca5ca5929c2ee9a77303d2e197'],
    ['post', '$02$9d1971fb9ac51482f7e73dcf87fc029d4a3dfffa05314f71af9d89fb3c2bcf16'],
  ])('comes to the published signature for %s', (action, signature) => {
    const form = signer.sign({ ...demo, action });
    expect(JSON.parse(form.security)).toEqual({
      consumer_key: demo.key,
      domain: 'localhost',
      timestamp: '20140626-0528',
      signature,
    });
    expect(form.request).toBe('{"limit":100}');
    expect(form.action).toBe(action);
  });

  test('signs the exact text that is sent, whatever is in it', () => {
    const request = { session_ids: ['ü "quoted" \\ / 𝄞', 'a+b&c=d%20'], nested: { list: [1, null, true] } };
    const form = signer.sign({ ...demo, action: 'delete', request });
    expect(JSON.parse(form.request)).toEqual(request);
    const signed = [demo.key, demo.domain, '20140626-0528', form.request, 'delete'].join('_');
    const digest = createHmac('sha256', demo.secret).update(signed).digest('hex');
    expect(JSON.parse(form.security).signature).toBe(`$02$${digest}`);
  });

  test('leaves what it is given as it was, and signs the same again the same', () => {
    const input = { ...demo, request: { session_ids: ['a'] } };
    const before = structuredClone(input);
    const form = signer.sign(input);
    expect(input).toEqual(before);
    expect(signer.sign(input)).toEqual(form);
  });

  test('puts neither the secret nor anything unasked into the form', () => {
    const form = signer.sign({ ...demo, action: 'set' });
    expect(JSON.stringify(form)).not.toContain(demo.secret);
    expect(Object.keys(form).toSorted()).toEqual(['action', 'request', 'security']);
    expect(Object.keys(JSON.parse(form.request))).toEqual(['limit']);
  });

  test('makes, byte for byte, the form that the built-in signer makes', () => {
    const request = { data_format: 'failed_submission', data: ['YWJj'], ignore_response_revisions: false };
    const input = { ...demo, action: 'set', request };
    expect(signer.sign(input)).toEqual(builtInSigner.sign(input));
    expect(signer.version).toBe(builtInSigner.version);
  });
}

function notFound(name: string): Error {
  const message = `Cannot find module '${name}'\nRequire stack:\n- /node_modules/learnosity-sdk-nodejs/index.js`;
  return Object.assign(new Error(message), { code: 'MODULE_NOT_FOUND' });
}

describe('the timestamp', () => {
  test('is in UTC, to the minute', () => {
    expect(securityTimestamp(new Date('2026-01-02T23:59:59.999+05:30'))).toBe('20260102-1829');
  });
});

describe('the signer in use', () => {
  class LikeTheSdk {
    static disableTelemetry(): void {}
    init(_service: string, security: object, _secret: string, request: object, action: string): unknown {
      return { security: JSON.stringify(security), request: JSON.stringify(request), action };
    }
  }
  const packageFile = { version: '9.9.9' };

  test('is the built-in one where the SDK is not installed', () => {
    const loaded = loadSigner(() => {
      throw notFound('learnosity-sdk-nodejs');
    });
    expect(loaded).toMatchObject({ signer: { name: 'built-in' }, sdk: 'not installed' });
  });

  test('is the built-in one, with the cause, where a package of the SDK is missing', () => {
    const loaded = loadSigner(() => {
      throw notFound('moment');
    });
    expect(loaded).toMatchObject({ signer: { name: 'built-in' }, sdk: 'unusable', cause: expect.any(Error) });
  });

  test('is the SDK with its version where that signs as published', () => {
    class Signs extends LikeTheSdk {
      override init(_service: string, security: object, secret: string, request: object, action: string): unknown {
        const { consumer_key, domain, timestamp } = security as Record<string, string>;
        const text = JSON.stringify(request);
        const signed = [consumer_key, domain, timestamp, text, action].join('_');
        const signature = `$02$${createHmac('sha256', secret).update(signed).digest('hex')}`;
        return { security: JSON.stringify({ ...security, signature }), request: text, action };
      }
    }
    const loaded = loadSigner(() => ({ sdk: Signs, packageFile }));
    expect(loaded).toMatchObject({ signer: { name: 'learnosity-sdk-nodejs', version: '9.9.9' }, sdk: 'in use' });
  });

  test.each<[string, unknown]>([
    ['signs otherwise than published', LikeTheSdk],
    ['has another shape', { init: () => undefined }],
    ['is nothing', undefined],
  ])('is the built-in one, with the cause, where the SDK %s', (_name, broken) => {
    const loaded = loadSigner(() => ({ sdk: broken, packageFile }));
    expect(loaded).toMatchObject({ signer: { name: 'built-in' }, sdk: 'unusable', cause: expect.any(Error) });
  });

  test('on this machine agrees with what is installed', () => {
    expect(loadSigner(installed).sdk).toBe(sdk === undefined ? 'not installed' : 'in use');
  });
});
