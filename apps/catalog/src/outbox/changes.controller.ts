import { Controller } from '@nestjs/common';
import { catalog, type ChangeBatch } from '@larder/contracts';
import { Handles, Input, type ParsedInputOf } from '@larder/platform';
import { ChangeLog } from './change-log.js';

/** Answers the invalidator what it has missed. */
@Controller()
export class ChangesController {
  constructor(private readonly log: ChangeLog) {}

  @Handles(catalog.changesSince)
  since(@Input() { after }: ParsedInputOf<typeof catalog.changesSince>): Promise<ChangeBatch[] | null> {
    return this.log.since(after);
  }
}
