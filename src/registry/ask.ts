import { askDistribution } from './distribution.ts';
import { askImagetools, hasImagetools } from './imagetools.ts';
import type { Answer } from './registry.ts';

/** Asks the registry of an image by Docker, else by its own protocol. */
export async function askRegistry(image: string): Promise<Answer> {
  return (await hasImagetools()) ? askImagetools(image) : askDistribution(image);
}
