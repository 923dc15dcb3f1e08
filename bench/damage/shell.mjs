// A shell text by its commands, told apart by their words alone.

/** The commands of a text, parted by `&&`, `;` and newlines outside of quotes and brackets; behind ` #` a line is a comment. */
export function commandsOf(text) {
  const commands = [];
  let from = 0;
  let depth = 0;
  let quote = '';
  const end = (to, next) => {
    const command = text.slice(from, to).replace(/\s+/g, ' ').trim();
    if (command !== '') commands.push(command);
    from = next;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quote !== '') {
      if (character === '\\' && quote !== "'") at++;
      else if (character === quote) quote = '';
    } else if (character === '\\') at++;
    else if (character === '"' || character === "'" || character === '`') quote = character;
    else if (character === '#' && /^$|[\s;&|(]/.test(text[at - 1] ?? '')) {
      const next = text.indexOf('\n', at);
      end(at, next < 0 ? text.length : next);
      at = from - 1;
    } else if (character === '(' || (character === '{' && /^\s/.test(text[at + 1] ?? '') && text.slice(from, at).trim() === '')) depth++;
    else if (character === ')' || (character === '}' && /^$|[\s;&|]/.test(text[at - 1] ?? ''))) depth = Math.max(0, depth - 1);
    else if (depth > 0) continue;
    else if (text.startsWith('&&', at)) end(at, ++at + 1);
    else if (character === ';' || character === '\n') end(at, at + 1);
  }
  end(text.length, text.length);
  return commands;
}

/** A command without what stands in front of its program's name: `sudo`, `DEBIAN_FRONTEND=noninteractive`, `then`, `/usr/bin/`. */
function bare(command) {
  return command.replace(/^(?:(?:sudo|then|else|do|if|!|\(|\{|env|-E|[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\S*))\s+|\(|\{)+/, '').replace(/^(?:\/\w+)*\/(?=\w)/, '');
}

const updates = /^(?:apt|apt-get|aptitude)\s+(?:-\S+\s+)*update\b[^|]*$|^apk\s+(?:-\S+\s+)*update\b[^|]*$/;

const cleanUps = [
  /^(?:apt|apt-get)\s+(?:-\S+\s+)*(?:clean|autoclean|dist-?clean)(?:\s+-\S+|\s+all|\s+autoclean)*$/,
  /^rm\s+(?:-\S+\s+)+(?:"?\/var\/(?:lib\/apt|cache\/(?:apk|apt|dnf|yum|libdnf5))\S*"?\s*)+$/,
  /^(?:dnf|yum|microdnf|tdnf)\s+(?:-\S+\s+)*clean\s+\S+(?:\s+-\S+)*$/,
  /^(?:npm|\S*\/npm)\s+cache\s+clea[nr]\b.*$|^(?:yarn|\S*\/yarn)\s+cache\s+clean\b.*$|^(?:pnpm|\S*\/pnpm)\s+store\s+prune\b.*$/,
  /^(?:\S*\/)?(?:pip[\d.]*|python[\d.]*\s+-m\s+pip)\s+cache\s+purge\b.*$/,
  /^mv\s+\/etc\/apt\/(?:apt\.conf\.d\/)?docker-clean\s+\/etc\/apt\/(?:apt\.conf\.d\/)?$/,
  /^rm\s+-\w+\s+(?:"?(?:~|\/root|\$HOME|\/home\/\w+)\/\.(?:npm|cache|m2\/repository|composer\/cache)\S*"?\s*)+$/,
  /^(?:go\s+clean(?:\s+-\w*cache)+|composer\s+clear-?cache|\S*?(?:conda|mamba|micromamba)\s+clean\b.*|zypper\s+clean\b.*|uv\s+cache\s+(?:clean|prune)\b.*|dotnet\s+nuget\s+locals\s+\S+\s+--clear|bun\s+pm\s+cache\s+rm)$/,
];

/** Fetching an index, or removing caches: what dockopt may add and take away. */
export function isBookkeeping(command) {
  const program = bare(command);
  return updates.test(program) || cleanUps.some((pattern) => pattern.test(program));
}

const cacheFlags = /\s(?:--no-cache-dir|--no-cache|--update-cache|--update|-U)(?=\s|$)/g;
/** A removal of other things may take one along. */
const cacheFolders = / \/var\/(?:lib\/apt\/lists|cache\/apk)\/\*(?= |$)/g;
const install =
  /^(.*?(?:^|[\s/])(?:apt-get|apt|apk|dnf|yum|microdnf|tdnf|pip[\d.]*|python[\d.]*\s+-m\s+pip|npm|yarn))((?:\s+-\S+)*)\s+(install|add|i)((?:\s.*)?)$/;
/** Options whose value is the next word. */
const valued =
  /^(?:-t|-o|-c|-r|-i|-f|-e|-X|--(?:target-release|virtual|repository|index-url|extra-index-url|find-links|requirement|constraint|trusted-host|prefix|target))$/;

/** What a command does, as a list: an install is one entry for each package, so that two installs and one of both are the same. */
export function deedsOf(command) {
  if (/^(?:sudo\s+)?rm\s+-rf\s/.test(command)) return [command.replace(cacheFolders, '')];
  const kept = /\b(?:apk|pip[\d.]*)\b/.test(command) ? command.replace(cacheFlags, '') : command;
  const found = /[|<>()`]|\|\|/.test(kept) ? undefined : install.exec(kept);
  if (!found) return [kept];
  const [, program, before, action, after] = found;
  const options = [];
  const packages = [];
  const words = [...before.trim().split(' '), ...after.trim().split(' ')].filter((word) => word !== '');
  for (let i = 0; i < words.length; i++) {
    if (valued.test(words[i])) options.push(`${words[i]} ${words[++i] ?? ''}`);
    else (words[i].startsWith('-') ? options : packages).push(words[i]);
  }
  const call = [program, action, ...options.toSorted()].join(' ');
  return packages.length === 0 ? [call] : packages.map((one) => `${call} ${one}`);
}

/** A `;`, `||` or `&` outside of quotes and brackets: in a list behind other commands it would hide that these failed. */
export function hidesFailure(text) {
  const plain = text.replace(/\\.|'[^']*'|"(?:\\.|[^"\\])*"/gs, '').replace(/\([^()]*\)/g, '');
  return /;\s*\S|\|\||(?<![&>|])&(?![&>])/.test(plain);
}

const state =
  /^(?:cd|pushd|popd|export|set|unset|umask|ulimit|alias|shopt|trap|source|\.|exec|exit|readonly|declare|typeset)(?:\s|$)|^[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"'])*$|^[\w-]+\s*\(\)/;
/** `set -ex`: it prints, and a failing command of a list of `&&` ends the RUN with it and without it. */
const harmless = /^set(?:\s+[-+][evx]+)+$/;

/** Changes the shell that runs it, so that what follows in the same RUN sees it. */
export function changesShell(command) {
  return state.test(command) && !harmless.test(command);
}
