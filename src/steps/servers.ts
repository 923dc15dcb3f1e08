import { posix } from 'node:path';
import { ecosystemOf } from '../ecosystems/index.ts';
import type { Facts, StageFacts } from './facts.ts';
import { lineOf } from './neighbours.ts';
import { startOf } from './start.ts';
import { workedIn } from './worked-in.ts';

/** Programs that serve until they are stopped, whatever stands behind them. */
const serving =
  /^(?:nginx|apache2|apache2-foreground|httpd|httpd-foreground|caddy|traefik|haproxy|lighttpd|gunicorn|uvicorn|hypercorn|daphne|waitress-serve|uwsgi|granian|puma|unicorn|thin|rackup|php-fpm|catalina\.sh|frankenphp)$/;
/** Programs that run another one: which serves where the image says its port. */
const running = /^(?:node|java|dotnet|python[\d.]*|deno|bun|ruby)$/;
/** Programs in front of one that they run: https://github.com/krallin/tini, https://github.com/Yelp/dumb-init and the images' own scripts. */
const inFront = /^(?:tini|dumb-init|docker-entrypoint\.sh|exec|su-exec|gosu|env|bundle|uv|poetry|pipenv|run|--|-g|-s|-v)$/;
const development = /^(?:nodemon|ts-node-dev|air|watch|--watch|--reload|dev|develop|test|build|lint|migrate|runserver)$/;

/** The TCP port on which a stage's program serves, and says so by EXPOSE; undefined where it is not known to be a server. */
export function portServed(facts: Facts, stage: StageFacts): string | undefined {
  const steps = lineOf(stage).flatMap((one) => one.steps);
  const exposed = steps.filter(({ instruction }) => instruction.keyword === 'EXPOSE').flatMap(({ instruction }) => instruction.words.map(({ text }) => text));
  const port = exposed.find((text) => !/\/(?:udp|sctp)$/i.test(text))?.replace(/\/tcp$/i, '');
  const words = startOf(stage)?.words;
  if (port === undefined || !words || workedIn(facts, stage) !== undefined) return undefined;
  const rest = words.slice(words.findIndex((word) => !inFront.test(posix.basename(word))));
  const program = posix.basename(rest[0] ?? '');
  if (rest.some((word) => development.test(word))) return undefined;
  const serves = serving.test(program) || (running.test(program) && rest.length > 1) || startsScript(program, rest);
  return serves ? port : undefined;
}

/** `npm start` and the like. */
function startsScript(program: string, rest: readonly string[]): boolean {
  return (
    ecosystemOf(program)?.starts !== undefined &&
    /^(?:start|serve)(?::prod(?:uction)?)?$/.test(rest.find((word, i) => i > 0 && word !== 'run' && !word.startsWith('-')) ?? '')
  );
}
