import { readLines } from './read.mjs';
import { commandsOf, deedsOf } from './shell.mjs';
import { shippedStages, stagesOf } from './stages.mjs';

/** By manager: what installs, what cleans up behind it or keeps the cache away, in one RUN. */
const managers = {
  apt: { installs: /(?:^|[\s/;&|({])(?:apt-get|apt)(?:\s+-\S+)*\s+install\b/, clean: /\b(?:rm|find)\s[^&|;]*\/var\/lib\/apt|\bapt-get\s+dist-?clean\b/ },
  apk: { installs: /(?:^|[\s/;&|({])apk(?:\s+-\S+)*\s+add\b/, clean: /\s--no-cache(?=\s|$)|\brm\s[^&|;]*\/var\/cache(?:\/apk|\/\*)|\bapk\s+cache\s+clean/ },
  dnf: {
    installs: /(?:^|[\s/;&|({])(?:dnf|yum|microdnf)(?:\s+-\S+)*\s+install\b/,
    clean: /(?:^|[\s/;&|({])(?:dnf|yum|microdnf)(?:\s+-\S+)*\s+clean\b|\brm\s[^&|;]*\/var\/cache(?:\/(?:dnf|yum)|\/\*)/,
  },
  pip: {
    installs: /(?:^|[\s/;&|({])(?:pip[\d.]*|python[\d.]*\s+-m\s+pip)(?:\s+-\S+)*\s+install\b/,
    clean: /\s--no-cache(?:-dir)?(?=[\s=]|$)|\bcache\s+purge\b|\bPIP_NO_CACHE_DIR=|\brm\s[^&|;]*\/\.cache/,
  },
};

/** Each leaving of the text before, as `{ manager, line, byItself, gone }`: by itself where it also updates, gone where the RUN that now does its installs is none. */
export function leavingsOf(before, after) {
  const now = runsOf(after);
  return runsOf(before).flatMap(({ line, body, ...run }) =>
    Object.keys(managers).flatMap((manager) => {
      if (!isLeaving({ body, ...run }, manager)) return [];
      const holder = now.find((other) => holds(other, body, manager));
      return [{ manager, line, byItself: /\bupdate\b/.test(body), gone: holder !== undefined && !isLeaving(holder, manager) }];
    }),
  );
}

function runsOf(text) {
  const stages = stagesOf(readLines(text).instructions);
  const runs = [];
  for (const stage of shippedStages(stages)) {
    let noPipCache = false;
    for (const { keyword, line, body, flags, heredocs } of stage.instructions) {
      if (keyword === 'ENV' && /\bPIP_NO_CACHE_DIR[=\s]/.test(body)) noPipCache = true;
      if (keyword === 'RUN' && !body.startsWith('[') && heredocs.length === 0) runs.push({ line, body, flags, noPipCache });
    }
  }
  return runs;
}

function isLeaving({ body, flags, noPipCache }, manager) {
  const { installs, clean } = managers[manager];
  if (!installs.test(body) || clean.test(body) || (manager === 'pip' && noPipCache)) return false;
  return !flags.some((flag) => /^--mount=.*type=cache/.test(flag));
}

/** True where a RUN does all that another one installs. */
function holds(run, body, manager) {
  const deeds = new Set(installsOf(run.body, manager));
  return installsOf(body, manager).every((deed) => deeds.has(deed));
}

function installsOf(body, manager) {
  return commandsOf(body)
    .filter((command) => managers[manager].installs.test(command))
    .flatMap(deedsOf);
}
