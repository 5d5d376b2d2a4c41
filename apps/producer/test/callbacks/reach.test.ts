import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, leakGuard } from '@session-queue/testing';
import { networksSetting } from '../../src/callbacks/networks.ts';
import { AddressRefused, Reach } from '../../src/callbacks/reach.ts';
import { CallbackLab, loopback } from '../support/callback-lab.ts';
import { Receiver } from '../support/receiver.ts';

leakGuard();

/** A reach whose names have these addresses. */
function reachOf(allowed: string, ...addresses: string[]): Reach {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return new Reach({
    allowed: allowed === '' ? [] : networksSetting.parse(allowed),
    resolve: (_host, _options, done) => done(null, found),
  });
}

async function addressesFor(reach: Reach, url: string): Promise<string[]> {
  return await new Promise((resolve, reject) => {
    reach.lookupFor(new URL(url))('host', { all: true }, (error, found) => {
      if (error !== null || typeof found === 'string') reject(error);
      else resolve(found.map(({ address }) => address));
    });
  });
}

const notPublic = [
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:169.254.169.254',
  '::7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '2001:db8::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
];

describe('an address that is not public', () => {
  test.each(notPublic)('%s is not called, as a name', async (address) => {
    await expect(addressesFor(reachOf('', address), 'https://host/')).rejects.toThrow(AddressRefused);
  });

  test.each(notPublic)('%s is not called, as a literal', (address) => {
    const url = new URL(`https://${address.includes(':') ? `[${address}]` : address}/`);
    expect(reachOf('').faultOf(url)).toMatch(/not public/);
  });

  test.each([
    'https://2130706433/',
    'https://0x7f.1/',
    'https://127.1/',
    'https://localhost/',
    'https://a.localhost./',
  ])('is not called in disguise: %s', (url) => {
    expect(reachOf('').faultOf(new URL(url))).toMatch(/not public/);
  });

  test('is called where its network is allowed, and no other is', async () => {
    const reach = reachOf('10.1.0.0/16, fd00::/8', '10.1.2.3', '10.2.2.3', 'fd12::1', '::ffff:10.1.9.9');
    expect(await addressesFor(reach, 'https://host/')).toEqual(['10.1.2.3', 'fd12::1', '::ffff:10.1.9.9']);
    expect(reach.faultOf(new URL('https://10.1.2.3/'))).toBeUndefined();
    expect(reach.faultOf(new URL('https://10.2.2.3/'))).toMatch(/not public/);
  });
});

describe('a public address', () => {
  test('is called by https', async () => {
    const reach = reachOf('', '8.8.8.8', '2606:4700::1111');
    expect(await addressesFor(reach, 'https://host/')).toEqual(['8.8.8.8', '2606:4700::1111']);
    expect(reach.faultOf(new URL('https://8.8.8.8/'))).toBeUndefined();
    expect(reach.faultOf(new URL('https://hooks.example.com/'))).toBeUndefined();
  });

  test('is all that is called of a name that has others too', async () => {
    expect(await addressesFor(reachOf('', '10.0.0.1', '8.8.8.8', '::1'), 'https://host/')).toEqual(['8.8.8.8']);
  });
});

describe('plain http', () => {
  test('is for loopback, where that is allowed', async () => {
    expect(reachOf('127.0.0.0/8').faultOf(new URL('http://127.0.0.1:8080/'))).toBeUndefined();
    expect(reachOf('127.0.0.0/8').faultOf(new URL('http://localhost:8080/'))).toBeUndefined();
    for (const url of ['http://hooks.example.com/', 'http://8.8.8.8/', 'http://10.0.0.1/', 'http://[::1]/']) {
      expect(reachOf('127.0.0.0/8,10.0.0.0/8').faultOf(new URL(url))).toMatch(/must be https/);
    }
    const reach = reachOf('127.0.0.0/8,10.0.0.0/8', '10.0.0.1', '8.8.8.8', '127.0.0.1');
    expect(await addressesFor(reach, 'http://host/')).toEqual(['127.0.0.1']);
  });
});

describe('a delivery', () => {
  let lab: CallbackLab;
  let receiver: Receiver;
  beforeEach(async () => {
    lab = await CallbackLab.start();
    receiver = await Receiver.start();
  });
  afterEach(async () => {
    await lab.stop();
    await receiver.stop();
  });

  async function refused(url: string, reach: Reach): Promise<string> {
    lab.deliverer({ reach });
    const id = await lab.ended(url);
    const job = await eventually(async () => {
      const found = await lab.job(id);
      return found.failedReason === undefined ? undefined : found;
    });
    expect((await lab.view(id)).callback?.state).toBe('pending');
    expect(receiver.received).toEqual([]);
    return job.failedReason;
  }

  test('goes nowhere that a name leads to and nobody allowed: what is looked at is what is connected to', async () => {
    const reason = await refused(`https://hooks.example.com:${receiver.port}/`, reachOf('', '127.0.0.1'));
    expect(reason).toBe(`no whole answer: ADDRESS_REFUSED (hooks.example.com:${receiver.port})`);
  });

  test('goes to no literal address that nobody allowed, whoever let it into the record', async () => {
    const url = `http://127.0.0.1:${receiver.port}/`;
    expect(await refused(url, new Reach({ allowed: [] }))).toMatch(/must be https/);
  });

  test('goes to the name of loopback where that is allowed', async () => {
    lab.deliverer({ reach: new Reach({ allowed: loopback }) });
    await lab.until(await lab.ended(`http://localhost:${receiver.port}/`), 'delivered');
  });
});
