import { raiseFrontend } from '../src/dockerfile/edit.ts';
import { lackingFeature } from '../src/dockerfile/frontend.ts';
import { defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'pin-frontend',
  title: 'Ask for a frontend that knows what the file uses',
  level: 'review',
  benefit:
    'A flag that the builder does not know fails the build. `# syntax=docker/dockerfile:1` fetches a frontend that knows it, whatever the builder brings along.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['raises the frontend'],
  caveats: ['Where the file has no `# syntax=` line, the builder is taken to have frontend 1.4, that of BuildKit 0.10: what that knows asks for no line.'],
  references: ['https://docs.docker.com/build/buildkit/frontend/', 'https://docs.docker.com/build/buildkit/dockerfile-release-notes/'],
  *find({ dockerfile }) {
    // A `#!` line hides from the parser what the builder finds below it.
    if (/^\uFEFF?#!/.test(dockerfile.text)) return;
    const feature = lackingFeature(dockerfile);
    if (!feature) return;
    const because = `${feature.name} needs frontend 1.${feature.since}`;
    const raised = dockerfile.directives.some(({ name }) => name === 'syntax');
    const differs = raised
      ? 'the builder fetches another frontend, with all else that is new in it'
      : 'each builder fetches this frontend: one without a network, or whose registry has no copy of it, fails';
    const message = raised ? 'raise the frontend to docker/dockerfile:1' : 'name the frontend docker/dockerfile:1';
    yield finding(feature.at, message, { allowed: 'review', because, differs }, raiseFrontend(dockerfile));
  },
});
