import { writeBake } from './bake/write.ts';
import { cacheToAdd } from './cache.ts';
import type { Caller } from './caller.ts';
import { writeCommand } from './commands/write.ts';
import { writeCompose } from './compose/write.ts';
import { writeWorkflow } from './workflows/write.ts';
import { fileFrom, fromEnvironment, inPlaceOf, optionsFor, type InputWriter } from './write.ts';

const writers: Readonly<Record<Caller['kind'], InputWriter>> = {
  compose: writeCompose,
  bake: writeBake,
  workflow: writeWorkflow,
  action: writeWorkflow,
  pipeline: writeCommand,
  makefile: writeCommand,
  script: writeCommand,
  'package.json': writeCommand,
  // https://skaffold.dev/docs/references/yaml/#build-artifacts-docker-secrets
  skaffold: (caller, input) => {
    if (input.kind === 'cache') return { told: cacheToAdd(caller, input) };
    if (input.kind === 'ssh') return { told: `Add \`ssh: ${input.id}\` to \`docker\`${inPlaceOf(caller, input)}.` };
    const { source } = input;
    const from = 'environment' in source ? fromEnvironment(input, source.environment) : `id=${input.id},src=${fileFrom(caller, source.file) ?? source.file}`;
    return { told: `Add \`secrets: [{ ${from.replaceAll('=', ': ').replace(',', ', ')} }]\` to \`docker\`${inPlaceOf(caller, input)}.` };
  },
  devcontainer: (caller, input) => {
    if (input.kind === 'cache') return { told: cacheToAdd(caller, input) };
    const options = optionsFor(input).split(' ');
    return { told: `Add ${JSON.stringify(options)} to \`build.options\`${inPlaceOf(caller, input)}.` };
  },
  goreleaser: (caller, input) => {
    if (input.kind === 'cache') return { told: cacheToAdd(caller, input) };
    return { told: `Add "${optionsFor(input).replace(' ', '=')}" to \`build_flag_templates\`${inPlaceOf(caller, input)}.` };
  },
};

export const writeInput: InputWriter = (caller, input, text, before) => writers[caller.kind](caller, input, text, before);
