import { createCertificate, startRedis, type Certificate, type Server } from '../../../tools/services/index.js';
import { rightsOf, USER } from './support/rights.js';
import { addressOf } from './support/topology-clients.js';
import { describeWay } from './support/topology-contract.js';

let certificate: Certificate;

beforeAll(async () => {
  certificate = await createCertificate();
});

afterAll(() => certificate.remove());

describe('one server with TLS and a user', () => {
  let server: Server;

  beforeAll(async () => {
    server = await startRedis({ certificate, users: [rightsOf('cache', USER.password)] });
  });

  afterAll(() => server.stop());

  describeWay('over TLS as a user', () => ({ ...addressOf(server), ...USER, tls: { ca: certificate.ca } }));
});
