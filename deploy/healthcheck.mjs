/** The container's health check: asks this app's operations port whether it is ready. Ends with 1 if not, and says why. */
import { request } from 'node:http';

const TIMEOUT_MS = 3_000;

const fail = (reason) => {
  process.stdout.write(`${reason}\n`);
  process.exit(1);
};

const options = { host: '127.0.0.1', port: process.env.OPS_PORT, path: '/readyz', timeout: TIMEOUT_MS };
const asked = request(options, (response) => {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (chunk) => (body += chunk));
  response.on('end', () => (response.statusCode === 200 ? process.exit(0) : fail(body)));
});
asked.on('timeout', () => fail(`no answer within ${TIMEOUT_MS} ms`));
asked.on('error', ({ message }) => fail(message));
asked.end();
