import { clientsOf } from '../src/bases/clients.ts';
import { askingBy, asShellText, type Asked } from '../src/steps/asking.ts';
import { lineOf } from '../src/steps/neighbours.ts';
import { portServed } from '../src/steps/servers.ts';
import { checksHealth } from '../src/steps/watched.ts';
import { defineTransform, finding } from '../src/transform.ts';

/** Whether it succeeds is all that counts. */
const page: Omit<Asked, 'address'> = { literal: false, isRead: false, failsOnErrors: true, seconds: undefined };

export default defineTransform({
  id: 'no-healthcheck',
  title: 'Tell of a server without a health check',
  level: 'advice',
  benefit:
    'A server that hangs looks to Docker like one that works, and what depends on it starts before it answers. A HEALTHCHECK that asks for a page makes both visible: `docker ps` shows it, Compose waits for it and Swarm replaces the container. Kubernetes has probes of its own.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  references: ['https://docs.docker.com/reference/dockerfile/#healthcheck'],
  *find(facts) {
    const stage = facts.stages.at(-1);
    if (!stage || !stage.base.known || lineOf(stage).some(({ steps }) => steps.some(({ instruction }) => instruction.keyword === 'HEALTHCHECK'))) return;
    const port = portServed(facts, stage);
    const clients = clientsOf(stage.base);
    if (port === undefined || (clients && !clients.has && !clients.shell) || checksHealth(facts)) return;
    const at = stage.steps.findLast(({ instruction }) => instruction.keyword === 'EXPOSE')?.instruction ?? stage.stage.from;
    const asked = clients?.has && /^\d+$/.test(port) ? asShellText(askingBy(clients.has, { ...page, address: `http://localhost:${port}/` })) : undefined;
    const because = `nothing tells a server that hangs from one that answers${asked ? `; this image could ask by \`${asked}\`` : ''}`;
    yield finding(at, `the server${/^\d+$/.test(port) ? ` on port ${port}` : ''} has no health check`, { allowed: 'advice', because }, []);
  },
});
