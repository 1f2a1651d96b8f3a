import type { Configuration } from './configuration.js';
import { configurations } from './configurations.js';
import { explore, type Exploration } from './explorer.js';
import { modelOf } from './model.js';
import type { Variant } from './variants.js';

/** How much of each configuration is explored. */
export type Extent = 'small' | 'full';

/** Told how many states were met so far. */
export type OnProgress = (states: number) => void;

/** Explores a configuration as it is shipped. */
export function exploreLevel(configuration: Configuration, extent: Extent, onProgress?: OnProgress): Exploration {
  return explore(modelOf(configuration, configuration[extent]), onProgress);
}

/** Explores a variant up to its first violation. The small bounds do: a mistake that needs more would be one for other bounds. */
export function exploreVariant(variant: Variant, onProgress?: OnProgress): Exploration {
  const configuration: Configuration = { ...configurations[variant.configuration], ...variant.also };
  return explore(modelOf(configuration, configuration.small, variant), onProgress);
}
