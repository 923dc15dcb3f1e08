import { expect, test } from 'vitest';
import { told } from './call.ts';

test.each([
  ['conda install -y numpy', 'install, leaves conda-packages'],
  ['mamba env create -f environment.yml', 'install, leaves conda-packages'],
  ['conda clean -ya', 'clean, cleans conda-packages'],
  ['conda clean --all --yes', 'clean, cleans conda-packages'],
  ['conda clean -tipsy', 'clean, cleans conda-packages'],
  ['conda clean -y -i -l -p -t', 'clean, cleans conda-packages'],
  ['conda clean --tarballs --packages --yes', 'clean, cleans conda-packages'],
  ['micromamba clean -afy', 'clean, cleans conda-packages'],
  ['conda clean -yt', 'other'],
  ['conda clean --index-cache', 'other'],
])('%s: %s', (line, uses) => expect(told(line)).toBe(uses));
