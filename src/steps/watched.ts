import { once } from '../once.ts';
import type { BuildFile, ContextFiles } from '../workspace/workspace.ts';
import type { Facts } from './facts.ts';
import { ownServices } from './started-otherwise.ts';

/** Something beside the image asks whether its program answers: a service of a compose file, or probes of Kubernetes in the repository. */
export function checksHealth(facts: Facts): boolean {
  return ownServices(facts).some(({ service }) => service['healthcheck'] !== undefined) || hasProbes(facts.context.sent, facts.context);
}

const hasProbes = once(
  (_sent: object, context: ContextFiles): boolean =>
    context.below('').some((path) => /\.(?:ya?ml|tpl)$/.test(path) && probes.test(context.text(path) ?? '')) || doBuildFilesProbe(context.buildFiles()),
);

const doBuildFilesProbe = once((files: readonly BuildFile[]) => files.some(({ text }) => probes.test(text)));

const probes = /\b(?:liveness|readiness|startup)Probe\b/;
