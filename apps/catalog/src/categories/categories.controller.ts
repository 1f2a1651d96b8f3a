import { Controller } from '@nestjs/common';
import { catalog, type Category, type CategoryPage } from '@larder/contracts';
import { Call, Handles, Input, type Answer, type CallContext, type ParsedInputOf } from '@larder/platform';
import { originOf } from '../changes/once.js';
import { CategoryEditor } from './category-editor.js';
import { CategoryReader } from './category-reader.js';

/** Categories over RPC. */
@Controller()
export class CategoriesController {
  constructor(
    private readonly reader: CategoryReader,
    private readonly editor: CategoryEditor,
  ) {}

  @Handles(catalog.listCategories)
  list(
    @Input() { minVersions }: ParsedInputOf<typeof catalog.listCategories>,
    @Call() call: CallContext,
  ): Promise<Answer<CategoryPage>> {
    return this.reader.tree(call, minVersions);
  }

  @Handles(catalog.getCategory)
  get(
    @Input() { id, minVersion }: ParsedInputOf<typeof catalog.getCategory>,
    @Call() call: CallContext,
  ): Promise<Answer<Category>> {
    return this.reader.get(id, call, minVersion);
  }

  @Handles(catalog.createCategory)
  create(
    @Input() category: ParsedInputOf<typeof catalog.createCategory>,
    @Call() call: CallContext,
  ): Promise<Answer<Category>> {
    return this.editor.create(category, originOf(catalog.createCategory, category, call));
  }

  @Handles(catalog.updateCategory)
  update(
    @Input() change: ParsedInputOf<typeof catalog.updateCategory>,
    @Call() call: CallContext,
  ): Promise<Answer<Category>> {
    return this.editor.update(change, call);
  }

  @Handles(catalog.removeCategory)
  remove(
    @Input() { id, expectedVersion }: ParsedInputOf<typeof catalog.removeCategory>,
    @Call() call: CallContext,
  ): Promise<Answer<null>> {
    return this.editor.remove(id, expectedVersion, call);
  }
}
