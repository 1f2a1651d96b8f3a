import { Controller, Module } from '@nestjs/common';
import { z } from 'zod';
import {
  answer,
  Call,
  defineProcedure,
  Handles,
  Input,
  RpcClient,
  RpcServerModule,
  startRpcServer,
} from '@larder/platform';
import type { Answer, CallContext, InputOf, OutputOf, ParsedInputOf } from '@larder/platform';

const KEY = 'k'.repeat(32);
const greet = defineProcedure({
  pattern: 'greet',
  input: z.strictObject({ name: z.string().min(2) }),
  output: z.object({ text: z.string() }),
  policy: 'anyone',
  retryable: true,
});

@Controller()
class Greeter {
  @Handles(greet)
  async greet(
    @Input() { name }: ParsedInputOf<typeof greet>,
    @Call() call: CallContext,
  ): Promise<Answer<OutputOf<typeof greet>>> {
    return answer({ text: `Hello ${name} ${Math.round(call.remainingMs() / 1000)}` }, [
      { cache: 'c', outcome: 'hit', stored: false, shared: false },
    ]);
  }
}
@Module({ imports: [RpcServerModule.with({ service: 'hall', keys: { door: KEY } })], controllers: [Greeter] })
class Hall {}

it('greets', async () => {
  const server = await startRpcServer(Hall, { host: '127.0.0.1', port: 0, logger: false });
  const client = new RpcClient({ service: 'door', upstream: 'hall', host: '127.0.0.1', port: server.port, key: KEY });
  const input: InputOf<typeof greet> = { name: 'Ada' };
  const a = await client.call(greet, input, { requestId: 'r', principal: null, deadlineMs: Date.now() + 2000 });
  expect(a).toEqual({
    data: { text: 'Hello Ada 2' },
    cache: [{ cache: 'c', outcome: 'hit', stored: false, shared: false }],
  });
  client.close();
  await server.close();
});
