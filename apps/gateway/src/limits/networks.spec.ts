import { holderOf, isWithin, plainAddress, readNetwork, type Network } from './networks.js';

const networks = (...texts: string[]): Network[] => texts.map((text) => readNetwork(text)!);

describe('readNetwork', () => {
  it.each(['10.0.0.7', '10.0.0.0/8', '0.0.0.0/0', '::1', 'fd00::/8', '2001:db8::7/128'])('reads %s', (text) => {
    expect(readNetwork(text)).not.toBeNull();
  });

  it.each(['', 'proxy', '10.0.0', '0x0a.1', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '::/129', '*'])(
    'does not read %j',
    (text) => {
      expect(readNetwork(text)).toBeNull();
    },
  );
});

describe('isWithin', () => {
  it.each([
    ['10.1.2.3', true],
    ['11.1.2.3', false],
    ['192.168.0.1', true],
    ['192.168.0.2', false],
    ['fd12::1', true],
    ['fe80::1', false],
  ])('says of %s that it is one of 10.0.0.0/8, 192.168.0.1 and fd00::/8: %s', (address, expected) => {
    expect(isWithin(address, networks('10.0.0.0/8', '192.168.0.1', 'fd00::/8'))).toBe(expected);
  });
});

describe('plainAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['[2001:DB8:0::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('spells %s as %s', (text, expected) => {
    expect(plainAddress(text)).toBe(expected);
  });

  it.each(['', 'unknown', '_hidden', '3232235777', '192.0.2.256', '192.0.2.1:x', '"192.0.2.1"', '[::1'])(
    'knows that %j is none',
    (text) => {
      expect(plainAddress(text)).toBeNull();
    },
  );
});

describe('holderOf', () => {
  it('takes all addresses of one IPv6 network together, and IPv4 addresses each', () => {
    expect(holderOf('2001:db8:1:2:3:4:5:6')).toBe(holderOf('2001:db8:1:2::1'));
    expect(holderOf('2001:db8:1:2::1')).not.toBe(holderOf('2001:db8:1:3::1'));
    expect(holderOf('192.0.2.1')).not.toBe(holderOf('192.0.2.2'));
  });
});
