import { beforeEach, describe, expect, it } from '@jest/globals';
import { SignInThrottle } from '../src/sign-in/throttle.ts';

describe('The throttle of sign-in', () => {
  let now: number;
  let throttle: SignInThrottle;

  beforeEach(() => {
    now = 1_000_000;
    throttle = new SignInThrottle(() => now);
  });

  function fail(times: number, address = '203.0.113.7', name = 'ada'): void {
    for (let time = 0; time < times; time += 1) throttle.failed(address, name);
  }

  it('lets people mistype', () => {
    fail(4);
    expect(throttle.waitMs('203.0.113.7', 'ada')).toBe(0);
  });

  it('doubles the wait from one second up to one minute', () => {
    fail(5);
    const waits = [];
    for (let time = 0; time < 9; time += 1) {
      waits.push(throttle.waitMs('203.0.113.7', 'ada'));
      fail(1);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('counts the wait down', () => {
    fail(6);
    now += 1_500;
    expect(throttle.waitMs('203.0.113.7', 'ada')).toBe(500);
    now += 500;
    expect(throttle.waitMs('203.0.113.7', 'ada')).toBe(0);
  });

  it('does not slow the same name down elsewhere, so that nobody is locked out by a stranger', () => {
    fail(50);
    expect(throttle.waitMs('198.51.100.1', 'ada')).toBe(0);
  });

  it('slows an address down that tries one name after the other', () => {
    for (let name = 0; name < 20; name += 1) fail(1, '203.0.113.7', `name-${name}`);
    expect(throttle.waitMs('203.0.113.7', 'another')).toBe(1_000);
  });

  it('takes the addresses of one IPv6 network for one', () => {
    for (let host = 0; host < 5; host += 1) fail(1, `2001:db8:1:2::${host.toString(16)}`);
    expect(throttle.waitMs('2001:db8:1:2:aaaa::1', 'ada')).toBe(1_000);
    expect(throttle.waitMs('2001:db8:1:3::1', 'ada')).toBe(0);
  });

  it('forgives a name that signs in, and of its address only that attempt', () => {
    fail(20, '203.0.113.7', 'ada');
    throttle.succeeded('203.0.113.7', 'ada');
    expect(throttle.waitMs('203.0.113.7', 'ada')).toBe(0);
    fail(1, '203.0.113.7', 'vera');
    expect(throttle.waitMs('203.0.113.7', 'ada')).toBe(1_000);
  });

  it('forgets after a quarter of an hour without a failure', () => {
    fail(12);
    now += 15 * 60_000;
    expect(throttle.waitMs('203.0.113.7', 'ada')).toBe(0);
    fail(1);
    expect(throttle.waitMs('203.0.113.7', 'ada')).toBe(0);
  });

  it('keeps no more than it has room for, the latest failures first', () => {
    fail(5, '203.0.113.7', 'first');
    for (let other = 0; other < 6_000; other += 1) fail(1, `198.51.${other >> 8}.${other & 255}`, 'ada');
    expect(throttle.waitMs('203.0.113.7', 'first')).toBe(0);
    fail(5, '203.0.113.8', 'last');
    expect(throttle.waitMs('203.0.113.8', 'last')).toBe(1_000);
  });
});
