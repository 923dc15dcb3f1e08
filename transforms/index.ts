import type { Transform } from '../src/transform.ts';
import chainRuns from './chain-runs.ts';
import cleanPackageCaches from './clean-package-caches.ts';
import generateDockerignore from './generate-dockerignore.ts';
import mergeCopies from './merge-copies.ts';
import mountCaches from './mount-caches.ts';
import orderByChange from './order-by-change.ts';
import splitManifests from './split-manifests.ts';

/** The built-in transforms, in the order in which they run: a later one sees what an earlier one did. */
const transforms: readonly Transform[] = [
  splitManifests,
  orderByChange,
  chainRuns,
  mountCaches,
  cleanPackageCaches,
  mergeCopies,
  generateDockerignore,
];

export default transforms;
