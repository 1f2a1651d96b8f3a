import { DomainError } from '@larder/platform';

export class CategoryNotFound extends DomainError {
  override readonly name = 'CategoryNotFound';

  constructor(id: string, cause?: unknown) {
    super('CATEGORY_NOT_FOUND', `There is no category ${id}`, { cause });
  }
}

export class CategoryTooDeep extends DomainError {
  override readonly name = 'CategoryTooDeep';

  constructor(cause?: unknown) {
    super('CATEGORY_TOO_DEEP', 'The category, or one below it, would be deeper than three levels', { cause });
  }
}

export class CategoryCycle extends DomainError {
  override readonly name = 'CategoryCycle';

  constructor(cause?: unknown) {
    super('CATEGORY_CYCLE', 'A category cannot be below itself', { cause });
  }
}

export class CategoryInUse extends DomainError {
  override readonly name = 'CategoryInUse';

  constructor(id: string, cause?: unknown) {
    super('CATEGORY_IN_USE', `Category ${id} still has categories or products; move them first`, { cause });
  }
}

export class CategoryNameTaken extends DomainError {
  override readonly name = 'CategoryNameTaken';

  constructor(cause?: unknown) {
    super('CATEGORY_NAME_TAKEN', 'Another category with the same parent has that name', { cause });
  }
}
