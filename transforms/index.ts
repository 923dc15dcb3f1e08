import type { Transform } from '../src/transform.ts';
import addToCopy from './add-to-copy.ts';
import cacheInCi from './cache-in-ci.ts';
import chainRuns from './chain-runs.ts';
import chownWhileCopying from './chown-while-copying.ts';
import cleanPackageCaches from './clean-package-caches.ts';
import consistentInstructionCasing from './consistent-instruction-casing.ts';
import directCommand from './direct-command.ts';
import dropRoot from './drop-root.ts';
import exposeProtoCasing from './expose-proto-casing.ts';
import fixHealthcheckTool from './fix-healthcheck-tool.ts';
import flattenedImage from './flattened-image.ts';
import fromAsCasing from './from-as-casing.ts';
import generateDockerignore from './generate-dockerignore.ts';
import jsonArgsRecommended from './json-args-recommended.ts';
import introduceStages from './introduce-stages.ts';
import legacyKeyValueFormat from './legacy-key-value-format.ts';
import linkCopies from './link-copies.ts';
import lockfileInstall from './lockfile-install.ts';
import maintainerDeprecated from './maintainer-deprecated.ts';
import manyLayers from './many-layers.ts';
import mergeCopies from './merge-copies.ts';
import mountCaches from './mount-caches.ts';
import mountSecrets from './mount-secrets.ts';
import mountSsh from './mount-ssh.ts';
import movingBase from './moving-base.ts';
import multipleInstructionsDisallowed from './multiple-instructions-disallowed.ts';
import noEmptyContinuation from './no-empty-continuation.ts';
import noHealthcheck from './no-healthcheck.ts';
import oneBaseTag from './one-base-tag.ts';
import orderByChange from './order-by-change.ts';
import pinBase from './pin-base.ts';
import pinFrontend from './pin-frontend.ts';
import platformBuild from './platform-build.ts';
import productionDependencies from './production-dependencies.ts';
import redundantTargetPlatform from './redundant-target-platform.ts';
import removeInSameLayer from './remove-in-same-layer.ts';
import skipRecommends from './skip-recommends.ts';
import slimBase from './slim-base.ts';
import splitManifests from './split-manifests.ts';
import stageNameCasing from './stage-name-casing.ts';
import useHeredoc from './use-heredoc.ts';
import virtualBuildDependencies from './virtual-build-dependencies.ts';
import workdirRelativePath from './workdir-relative-path.ts';

/** The built-in transforms, in the order in which they run: a later one sees what an earlier one did. */
const transforms: readonly Transform[] = [
  mountSsh,
  mountSecrets,
  introduceStages,
  productionDependencies,
  slimBase,
  addToCopy,
  splitManifests,
  lockfileInstall,
  orderByChange,
  chainRuns,
  removeInSameLayer,
  virtualBuildDependencies,
  skipRecommends,
  mountCaches,
  cleanPackageCaches,
  chownWhileCopying,
  mergeCopies,
  linkCopies,
  fixHealthcheckTool,
  directCommand,
  dropRoot,
  platformBuild,
  pinFrontend,
  pinBase,
  consistentInstructionCasing,
  fromAsCasing,
  stageNameCasing,
  redundantTargetPlatform,
  legacyKeyValueFormat,
  workdirRelativePath,
  exposeProtoCasing,
  noEmptyContinuation,
  multipleInstructionsDisallowed,
  maintainerDeprecated,
  jsonArgsRecommended,
  useHeredoc,
  manyLayers,
  oneBaseTag,
  movingBase,
  noHealthcheck,
  flattenedImage,
  cacheInCi,
  generateDockerignore,
];

export default transforms;
