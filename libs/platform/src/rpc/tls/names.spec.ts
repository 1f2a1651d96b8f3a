import { X509Certificate } from 'node:crypto';
import { forDays, makeAuthority, makeCertificate } from '../../../../../tools/certs/certificates.mjs';
import { isNamedIn } from './names.js';

describe('isNamedIn', () => {
  it('takes each DNS name for itself, and for no pattern', async () => {
    const names = ['auth', 'catalog', '*.larder.example'];
    const made = await makeCertificate(await makeAuthority(forDays(1)), { names, ...forDays(1) });
    const certificate = new X509Certificate(made.certificate);
    const asked = ['auth', 'catalog', 'gateway', 'cat', 'uth', 'x.larder.example', ''];
    expect(asked.filter((name) => isNamedIn(certificate, name))).toEqual(['auth', 'catalog']);
  });
});
