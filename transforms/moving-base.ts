import { isMoving } from '../src/bases/moving.ts';
import { defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'moving-base',
  title: 'Tell of bases whose tag names no release',
  level: 'advice',
  benefit:
    'Without a tag, or with `latest`, `lts`, `alpine` and the like, the next build may get another release of the language or of the distribution: it may fail, or give another program, without any change here. A tag with its release moves only to what is mended in it; a digest does not move.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  references: ['https://docs.docker.com/build/building/best-practices/#pin-base-image-versions'],
  *find({ stages }) {
    const moving = stages.filter(({ stage, parent }) => !parent && isMoving(stage.base));
    const [first] = moving;
    if (!first) return;
    const names = [...new Set(moving.map(({ stage }) => stage.base))];
    const because = 'another build may get another one; a tag that names its release stays, and a digest does not move at all';
    yield finding(first.stage.from, `${names.join(', ')} ${names.length === 1 ? 'moves' : 'move'} from release to release`, { allowed: 'advice', because }, []);
  },
});
