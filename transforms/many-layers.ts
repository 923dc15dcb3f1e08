import type { StageFacts } from '../src/steps/facts.ts';
import { makesLayer } from '../src/steps/runs-again.ts';
import { defineTransform, finding } from '../src/transform.ts';

/** A chain of 129 layers is built, one of 131 fails, those of the base among them: Dockerfile facts 2.1. */
const many = 120;

export default defineTransform({
  id: 'many-layers',
  title: 'Tell of a chain of layers that comes close to the limit',
  level: 'advice',
  benefit:
    'Docker’s usual store holds some 129 layers on each other, the layers of the base image included. One more RUN, or a base with more layers, and the build fails.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  references: ['https://docs.docker.com/engine/storage/drivers/overlayfs-driver/'],
  *find({ stages }) {
    const layersOf = new Map<StageFacts, number>();
    for (const stage of stages) {
      const { steps, shipped, parent } = stage;
      const below = (parent && layersOf.get(parent)) ?? 0;
      const layers = below + steps.filter(makesLayer).length;
      layersOf.set(stage, layers);
      const last = steps.at(-1);
      // Where the stage below it has too many that is told there.
      if (!shipped || !last || layers <= many || below > many) continue;
      const because = 'the store takes about 129 on each other, and the layers of the base image come on top';
      yield finding(last.instruction, `${layers} layers lie on the base image`, { allowed: 'advice', because }, []);
    }
  },
});
