import { clientAddress } from './client-address.js';
import { readNetwork } from './networks.js';

const proxies = ['10.0.0.0/8', 'fd00::/8'].map((text) => readNetwork(text)!);

describe('clientAddress', () => {
  it.each([
    ['nobody in between', '192.0.2.1', undefined, '192.0.2.1'],
    ['a stranger who claims to be a proxy', '192.0.2.1', '198.51.100.9', '192.0.2.1'],
    ['a proxy', '10.0.0.1', '198.51.100.9', '198.51.100.9'],
    ['a proxy over IPv6', 'fd00::1', '198.51.100.9', '198.51.100.9'],
    ['a proxy seen as IPv4 within IPv6', '::ffff:10.0.0.1', '198.51.100.9', '198.51.100.9'],
    [
      'a client that wrote the field itself, before the proxy added to it',
      '10.0.0.1',
      '1.1.1.1, 192.0.2.1',
      '192.0.2.1',
    ],
    ['two proxies', '10.0.0.1', '192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['proxies only', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['an entry that is no address', '10.0.0.1', '192.0.2.1, unknown, 10.0.0.2', '10.0.0.2'],
    ['nothing in the field', '10.0.0.1', '', '10.0.0.1'],
    ['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['an address with a port', '10.0.0.1', '192.0.2.1:55012', '192.0.2.1'],
    ['a connection that is gone', undefined, '192.0.2.1', undefined],
  ])('with %s', (_, peer, forwarded, expected) => {
    expect(clientAddress(peer, forwarded, proxies)).toBe(expected);
  });

  it('believes nobody unless told whom', () => {
    expect(clientAddress('10.0.0.1', '192.0.2.1', [])).toBe('10.0.0.1');
  });
});
