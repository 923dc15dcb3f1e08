import { once } from '../src/once.ts';
import { defineTransform, finding } from '../src/transform.ts';
import type { ContextFiles } from '../src/workspace/workspace.ts';

export default defineTransform({
  id: 'flattened-image',
  title: 'Tell of an image that is flattened by export and import',
  level: 'advice',
  benefit:
    '`docker export | docker import` makes one layer and loses what is no file: ENV, CMD, ENTRYPOINT, USER, labels. No layer is shared any more, each push sends all of it.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  references: ['https://docs.docker.com/build/building/multi-stage/', 'https://docs.docker.com/reference/cli/docker/image/import/'],
  *find({ stages, context }) {
    const at = stages.at(-1)?.stage.from;
    const [script] = flatteningIn(context.sent, context);
    if (!at || script === undefined) return;
    const because = 'stages that copy only the result give a small image, too, and keep its configuration and its layers';
    yield finding(at, `${script} flattens an image by docker export and docker import`, { allowed: 'advice', because }, []);
  },
});

/** Scripts, by path, that export a container and import it again. */
const flatteningIn = once((_sent: object, context: ContextFiles): string[] =>
  context
    .below('')
    .filter((path) => /\.(sh|bash|mk|ya?ml|ps1)$|(^|\/)(GNU)?[Mm]akefile$|(^|\/)(Jenkinsfile|[Jj]ustfile)$/.test(path))
    .filter((path) => {
      const text = context.text(path) ?? '';
      return /\bdocker\s+(container\s+)?export\b/.test(text) && /\bdocker\s+(image\s+)?import\b/.test(text);
    })
    .toSorted(),
);
