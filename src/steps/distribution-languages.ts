import { readReference } from '../bases/reference.ts';
import { namesInstalled } from './build-packages.ts';
import type { Facts, StageFacts } from './facts.ts';

/** The Python of each release: https://packages.ubuntu.com/python3, https://packages.debian.org/python3 */
const pythons: Readonly<Record<string, string>> = {
  'ubuntu:20.04': '3.8',
  'ubuntu:focal': '3.8',
  'ubuntu:22.04': '3.10',
  'ubuntu:jammy': '3.10',
  'ubuntu:24.04': '3.12',
  'ubuntu:noble': '3.12',
  'debian:11': '3.9',
  'debian:bullseye': '3.9',
  'debian:12': '3.11',
  'debian:bookworm': '3.11',
  'debian:13': '3.13',
  'debian:trixie': '3.13',
};

/** Shipped stages on a distribution whose own Python runs the program, each with Python's image of that version. */
export function pythonOfDistribution(facts: Facts): { readonly stage: StageFacts; readonly image: string }[] {
  return facts.stages.flatMap((stage) => {
    const { name = '', tag } = readReference(stage.base.image);
    const key = `${name}:${tag.replace(/-slim$/, '')}`;
    const version = Object.hasOwn(pythons, key) ? pythons[key] : undefined;
    if (!stage.shipped || stage.parent || version === undefined) return [];
    const command = stage.steps.findLast(({ instruction: { keyword } }) => keyword === 'CMD' || keyword === 'ENTRYPOINT')?.instruction;
    const runs = /^\W*(python|gunicorn|uvicorn|flask|celery|django)/.test(command?.argument.text ?? '');
    const installs = namesInstalled(stage.steps).some((one) => /^python3(-pip|-venv|\.\d+)?$/.test(one));
    return runs && installs ? [{ stage, image: `python:${version}-slim` }] : [];
  });
}
