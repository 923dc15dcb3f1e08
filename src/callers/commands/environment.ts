/** What may set a variable beside the environment: the shell's text in front of a command, or the Makefile around it. */
export type SetBeside = { readonly shell: string } | { readonly makefile: string };

/** Why a variable that a command expands may not be in the environment of what it starts; undefined where nothing speaks against it. */
export function mayLack(name: string, beside: SetBeside): string | undefined {
  return 'shell' in beside ? lacksInShell(name, beside.shell) : lacksInMake(name, beside.makefile);
}

function lacksInShell(name: string, script: string): string | undefined {
  if (/\bset\s+-\w*a|\bset\s+-o\s+allexport/.test(script)) return undefined;
  if (new RegExp(`\\b(?:export|declare\\s+-\\w*x\\w*|typeset\\s+-\\w*x\\w*)\\s+(?:[^\\n;&|]*\\s)?${name}\\b`).test(script)) return undefined;
  const assigned = new RegExp(
    `(?:^|[;&|(){]|\\b(?:then|do|else|local|readonly|declare|typeset)\\b|^\\s*-)[ \\t"']*${name}\\+?=(?:"(?:[^"\\\\]|\\\\.)*"|'[^']*'|\\$\\([^\\n]*\\)|[^\\s;&|"'])*(.*)`,
    'gm',
  );
  for (const [, behind = ''] of script.matchAll(assigned)) {
    // In front of a command it is in the environment of that.
    if (!/^[ \t]+[^\s;&|#)}]/.test(behind)) return `${name} is a variable of this script that is not exported.`;
  }
  if (new RegExp(`\\$\\{${name}:?=`).test(script)) return `${name} is a variable of this script that is not exported.`;
  if (new RegExp(`\\b(?:read|mapfile|getopts|printf\\s+-v)\\b[^\\n;&|]*\\s${name}\\b|\\bfor\\s+${name}\\b`).test(script))
    return `${name} is a variable of this script that is not exported.`;
  if (/(?:^|[;&|]\s*|\bthen\s+|\s&&\s)(?:source|\.)\s+\S/m.test(script)) return `${name} may be set by a file that this script reads, and not be exported.`;
  return undefined;
}

function lacksInMake(name: string, makefile: string): string | undefined {
  if (new RegExp(`^[^\\t#\\n]*\\bexport[ \\t]+(?:[^\\n#=]*[ \\t])?${name}\\b|^[ \\t]*export[ \\t]*\\r?$|^\\.EXPORT_ALL_VARIABLES`, 'm').test(makefile))
    return undefined;
  const assigned = new RegExp(`^(?!\\t)[^#\\n]*\\b${name}[ \\t]*(\\?|:{1,3}|\\+|!)?=[ \\t]*([^\\n]*)`, 'gm');
  for (const [, operator = '', value = ''] of makefile.matchAll(assigned)) {
    // `NAME ?=` says that it comes from the environment.
    if (operator !== '?' || value.trim() !== '') return `${name} is a variable of the Makefile that is not exported.`;
  }
  return /^[ \t]*(?:-|s)?include[ \t]/m.test(makefile) ? `${name} may be set by a file that the Makefile includes, and not be exported.` : undefined;
}
