import { docker } from '../../src/verify/docker.ts';

/** What a server is asked. */
export interface Question {
  readonly port: number;
  /** With a slash in front. */
  readonly path: string;
}

export interface Answer {
  /** The number of the user who runs the program. */
  readonly user: string;
  /** Status and body; of a program that does not serve what it said, and its exit code. */
  readonly answer: string;
}

/**
 * What a container of an image answers, in a network of its own. A server is told its port as hosts do, by PORT, and asked until it answers, for half a minute, from another container, as its own
 * image may hold nothing to ask with; throws with the end of its log where it does not.
 */
export async function answerOf(tag: string, question: Question | undefined): Promise<Answer> {
  const { stdout: id, stderr: refused } = await docker(['run', '--detach', '--network=none', ...(question ? ['--env', `PORT=${question.port}`] : []), tag]);
  const container = id.trim();
  if (container === '') throw new Error(`${tag} does not start: ${refused}`);
  try {
    if (!question) {
      const { stdout: code, exitCode } = await docker(['wait', container], { milliseconds: 60_000 });
      const { stdout, stderr } = await docker(['logs', container]);
      if (exitCode !== 0) throw new Error(`it does not come to an end: ${stdout}${stderr}`);
      return { user: await configuredUser(tag), answer: `${stdout}${stderr}exit code ${code.trim()}` };
    }
    const asked = await docker(['run', '--rm', `--network=container:${container}`, 'node:22-slim', 'node', '-e', asking(question)]);
    if (asked.exitCode !== 0) {
      const { stdout, stderr } = await docker(['logs', '--tail', '20', container]);
      throw new Error(`no answer: ${asked.stderr.slice(-500)}${stdout}${stderr}`);
    }
    const { stdout: users } = await docker(['top', container, '-eo', 'pid,uid']);
    return { user: /\d+$/.exec(users.trim())?.[0] ?? '', answer: asked.stdout.trim() };
  } finally {
    await docker(['rm', '--force', container]);
  }
}

function asking({ port, path }: Question): string {
  return `
    const ask = async () => {
      for (let tries = 60; ; tries--) {
        try {
          const response = await fetch(${JSON.stringify(`http://127.0.0.1:${port}${path}`)}, { redirect: 'manual' });
          return response.status + ' ' + (await response.text());
        } catch (error) {
          if (tries === 0) throw error;
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    };
    ask().then((text) => console.log(text));
  `;
}

/** The number of the user whom an image starts with; a name is looked up in it. */
async function configuredUser(tag: string): Promise<string> {
  const { stdout } = await docker(['image', 'inspect', '--format', '{{.Config.User}}', tag]);
  const [user = ''] = stdout.trim().split(':');
  if (user === '' || /^\d+$/.test(user)) return user || '0';
  return (await docker(['run', '--rm', '--network=none', '--entrypoint', 'id', tag, '-u'])).stdout.trim();
}
