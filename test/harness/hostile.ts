import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file that nobody meant dockopt to get, or that somebody meant to break it. */
export interface Hostile {
  readonly name: string;
  readonly bytes: Buffer;
  /** Part of the message with which it is refused; undefined for a Dockerfile that is read, however odd. */
  readonly because: string | undefined;
}

/** Small ones, files of `fixtures/hostile/`: why each is refused. */
const refused: Readonly<Record<string, string>> = {
  'arguments-not-strings': 'a JSON form may hold nothing but strings',
  'before-from': 'RUN stands before the first FROM, where only ARG may',
  binary: 'it is not UTF-8',
  'comments-only': 'it has no FROM',
  'cr-only': 'FROM takes an image',
  'directive-twice': 'the parser directive escape is given a second time',
  empty: 'it has no FROM',
  'envsubst-template': '`{{` in line 3 is no instruction: perhaps a template',
  'escape-unknown': 'the escape character may be',
  'foreign-frontend': 'its syntax is that of example.com/frontend',
  'go-template': '`{{-` in line 1 is no instruction: perhaps a template',
  'heredoc-unclosed': 'the heredoc EOF has no end',
  'heredoc-word-unclosed': '`a` in line 3 is no instruction',
  'jinja-template': '`{%` in line 2 is no instruction: perhaps a template',
  latin1: 'it is not UTF-8',
  'm4-template': '`divert(-1)` in line 1 is no instruction: perhaps a template',
  nul: 'it holds NUL bytes',
  'unknown-keyword': '`INSTALL` in line 2 is no instruction',
  'utf-16-be': 'it is UTF-16',
  'utf-16-le': 'it is UTF-16',
  'utf-16-without-mark': 'it holds NUL bytes',
  'zero-width-keyword': 'in line 2 is no instruction',
};

/** All small ones, read from dockopt's own repository. */
export function smallHostile(root: string): Hostile[] {
  const folder = join(root, 'fixtures', 'hostile');
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)), because: refused[name] }));
}

const head = 'FROM debian:bookworm-slim\n';

function times(count: number, text: string | ((index: number) => string)): string {
  return Array.from({ length: count }, (_, index) => (typeof text === 'string' ? text : text(index))).join('');
}

/** Large ones, made here so that nobody has to store them. Texts of lines that BuildKit still reads, unless refused for what they are. */
const large: Readonly<Record<string, { readonly text: () => string; readonly because?: string }>> = {
  'one line of 5 MB': { text: () => `${head}RUN ${'x'.repeat(5_000_000)}\n`, because: 'it is larger than 2 MB' },
  'a line of 65,536 bytes': { text: () => `${head}RUN ${'x'.repeat(65_532)}\n`, because: 'the line is longer than the 65,535 bytes' },
  '70 lines of 60 kB': { text: () => head + times(70, `RUN ${'x'.repeat(60_000)}\n`), because: 'it is larger than 2 MB' },
  '30 lines of 60 kB': { text: () => head + times(30, `RUN ${'x'.repeat(60_000)}\n`) },
  '10,000 instructions': { text: () => head + times(2_500, (i) => `RUN apt-get update\nRUN apt-get install -y p${i}\nCOPY a${i}.txt ./\nENV A=${i}\n`) },
  '2,000 RUNs that could be one': { text: () => head + times(2_000, (i) => `RUN mkdir -p /srv/${i}\n`) },
  '1,000 installs that could be one RUN': { text: () => head + times(1_000, (i) => `RUN apt-get update && apt-get install -y p${i}\n`) },
  '1,000 installs kept apart': { text: () => head + times(1_000, (i) => `RUN apt-get update && apt-get install -y p${i}\nUSER u${i}\n`) },
  '1,000 unknown commands kept apart': { text: () => head + times(1_000, (i) => `RUN apt-get update && ./x${i}.sh\nWORKDIR /srv/${i}\n`) },
  '3,000 COPYs into one folder': { text: () => `${head}WORKDIR /app\n${times(3_000, (i) => `COPY a${i}.txt ./\n`)}` },
  '3,000 COPYs into other folders': { text: () => head + times(3_000, (i) => `COPY a${i}.txt /srv/${i}\nRUN cat /srv/${i}\n`) },
  '2,000 stages': { text: () => times(2_000, (i) => `FROM debian AS s${i}\nRUN apt-get update && apt-get install -y p${i}\n`) },
  '2,000 stages, each on the one before': {
    text: () => `FROM debian AS s0\n${times(2_000, (i) => `FROM s${i} AS s${i + 1}\nRUN apt-get update && apt-get install -y p${i}\n`)}`,
  },
  '2,000 stages on a variable': { text: () => `ARG B\n${times(2_000, (i) => `FROM $B AS s${i}\nRUN apt-get update && apt-get install -y p${i}\n`)}` },
  '1,000 continuation lines': { text: () => `${head}RUN a${times(1_000, ' \\\n  && b')}\n` },
  '20,000 continuation lines': { text: () => `${head}RUN a${times(20_000, ' \\\n  && b')}\n` },
  '20,000 comments': { text: () => `${head}${times(20_000, '# a comment\n')}RUN a\n` },
  '20,000 comments in one instruction': { text: () => `${head}RUN a \\\n${times(20_000, '# a comment\n')}  b\n` },
  '20,000 empty lines': { text: () => `${head}COPY a /x/\n${times(20_000, '\n')}COPY b /x/\n` },
  '2,000 suppressions': { text: () => head + times(2_000, (i) => `# dockopt-ignore merge-copies\nCOPY a${i} /x/\n`) },
  'an && list of 20,000': { text: () => `${head}RUN a${times(20_000, ' \\\n && a')}\n` },
  'an && list of 10,000 on one line': { text: () => `${head}RUN a${times(10_000, ' && a')}\n` },
  '1,000 installs in one RUN': { text: () => `${head}RUN apt-get update${times(1_000, (i) => ` \\\n && apt-get install -y p${i}`)}\n` },
  '1,000 updates in one RUN': { text: () => `${head}RUN apt-get update${times(1_000, (i) => ` && \\\n apt-get update && apt-get install -y p${i}`)}\n` },
  '20,000 packages in one install': { text: () => `${head}RUN apt-get update && apt-get install -y${times(20_000, (i) => ` \\\n  p${i}`)}\n` },
  '20,000 well-known packages in one install': { text: () => `${head}RUN apt-get update && apt-get install -y${times(20_000, ' \\\n  curl')}\n` },
  'ENV of 5,000 pairs': { text: () => `${head}ENV${times(5_000, (i) => ` \\\n  A${i}=${i}`)}\nRUN a\n` },
  '5,000 ENVs': { text: () => `${head}${times(5_000, (i) => `ENV A${i}=${i}\n`)}RUN a\n` },
  'ENVs that double each other': { text: () => `${head}ENV A=aaaaaaaaaaaaaaaa\n${times(60, 'ENV A=$A$A$A$A\n')}WORKDIR $A\nCOPY a $A/\nCOPY b $A/\n` },
  'ARGs that double each other': { text: () => `ARG A=aaaaaaaaaaaaaaaa\n${times(60, 'ARG A=$A$A$A$A\n')}FROM $A\nRUN a\n` },
  'a heredoc of 1 MB': { text: () => `${head}RUN <<EOF\n${times(50_000, 'apt-get install xx\n')}EOF\n` },
  '5,000 heredocs': { text: () => head + times(5_000, 'RUN <<E\na\nE\n') },
  '2,000 heredocs in one RUN': { text: () => `${head}RUN cat${times(2_000, ' <<E')}\n${times(2_000, 'a\nE\n')}` },
  '10,000 $( in each other': { text: () => `${head}RUN a ${'$('.repeat(10_000)}b${')'.repeat(10_000)}\n` },
  '10,000 $( unclosed': { text: () => `${head}RUN a ${'$('.repeat(10_000)}\n` },
  '30,000 (': { text: () => `${head}RUN ${'('.repeat(30_000)}\n` },
  '10,000 ( ) in each other': { text: () => `${head}RUN ${'( '.repeat(10_000)}a${' )'.repeat(10_000)}\n` },
  '10,000 { in each other': { text: () => `${head}RUN ${'{ '.repeat(10_000)}a${'; }'.repeat(10_000)}\n` },
  '5,000 if in each other': { text: () => `${head}RUN ${'if a; then '.repeat(3_000)}b${'; fi'.repeat(3_000)}\n` },
  '10,000 $(( unclosed': { text: () => `${head}RUN echo ${'$(('.repeat(10_000)}\n` },
  '10,000 "$( in each other': { text: () => `${head}RUN echo ${'"$('.repeat(10_000)}a${')"'.repeat(10_000)}\n` },
  '10,000 backticks': { text: () => `${head}RUN echo ${'`'.repeat(10_000)}\n` },
  '10,000 ${a:- in each other': {
    text: () => `${head}ARG A=${'${a:-'.repeat(10_000)}b${'}'.repeat(10_000)}\nENV B=${'${a:-'.repeat(10_000)}\nRUN echo ${'${a:-'.repeat(9_000)}\n`,
  },
  '10,000 ${a:- beside a heredoc': {
    text: () => `${head}RUN <<E cat ${'${a:-'.repeat(10_000)}b${'}'.repeat(9_000)}\nE\n`,
    because: 'the word of a heredoc does not parse',
  },
  '{a,b} multiplied': { text: () => `${head}RUN echo ${'{a,b}'.repeat(5_000)}\nCOPY ${'{a,b}'.repeat(5_000)} /x/\n` },
  '10,000 { of a brace expansion': { text: () => `${head}RUN echo ${'{a,'.repeat(10_000)}\n` },
  '60,000 backslashes': { text: () => `${head}RUN echo ${'\\'.repeat(60_000)}\nENV A=${'\\'.repeat(60_000)}\nCOPY ${'\\'.repeat(60_000)} /x/\n` },
  '60,000 double quotes': { text: () => `${head}RUN echo ${'"'.repeat(60_000)}\nENV A=${'"'.repeat(60_000)}\nLABEL a=${'"'.repeat(59_999)}\n` },
  '60,000 blanks': { text: () => `${head}RUN a${' '.repeat(60_000)}b\nCOPY a${' '.repeat(60_000)}b\nENV a${' '.repeat(60_000)}b\n# ${' '.repeat(60_000)}.\n` },
  '60,000 tabs before a keyword': { text: () => `${head}${'\t'.repeat(60_000)}RUN a\n` },
  '60,000 form feeds': { text: () => `${head}${'\f'.repeat(60_000)}RUN a\nRUN${'\f'.repeat(60_000)}b\n` },
  'a a a a': { text: () => `${head}RUN ${'a '.repeat(32_000)}\nENV ${'a '.repeat(32_000)}\nCOPY ${'a '.repeat(32_000)}/x/\n` },
  'A=1 A=1 A=1': { text: () => `${head}ENV ${'A=1 '.repeat(16_000)}\nARG ${'A=1 '.repeat(16_000)}\nRUN ${'A=1 '.repeat(16_000)}a\n` },
  'ENV of one unclosed quote and much behind it': {
    text: () => `${head}ENV A="${'\\a'.repeat(30_000)}\nENV B='${"a'".repeat(30_000)}\nARG C="${'a='.repeat(30_000)}\n`,
  },
  '- - - -': {
    text: () => `${head}RUN apt-get ${'-y '.repeat(20_000)}install\nRUN --mount=type=cache${',a=b'.repeat(15_000)} a\nCOPY ${'--link '.repeat(9_000)}a b\n`,
  },
  '10,000 << in one line': { text: () => `${head}RUN a ${'<< '.repeat(10_000)}\n` },
  '60,000 < in one line': { text: () => `${head}RUN a ${'<'.repeat(60_000)}\n` },
  '10,000 quotes beside <<': { text: () => `${head}RUN a "<<" ${`'"`.repeat(10_000)}\n` },
  '* * * *': {
    text: () => `${head}COPY ${'*a'.repeat(20_000)} /x/\nCOPY ${'*b'.repeat(20_000)} /x/\nRUN rm -rf ${'*a'.repeat(15_000)} && touch ${'a'.repeat(30_000)}\n`,
  },
  '..(..(': { text: () => `${head}COPY ${'..(+'.repeat(10_000)} /x/\nCOPY ${'/../'.repeat(10_000)} /x/\nRUN cat ${'/..'.repeat(15_000)}\n` },
  'a JSON form of 5,000 words': {
    text: () => `${head}RUN ["a"${', "b"'.repeat(10_000)}]\nCOPY ["a"${', "b"'.repeat(10_000)}]\nCMD ["a"${', "b"'.repeat(10_000)}]\n`,
  },
  'a JSON form 30,000 deep': { text: () => `${head}CMD ${'['.repeat(30_000)}${']'.repeat(30_000)}\n`, because: 'a JSON form may hold nothing but strings' },
  '30,000 [ unclosed': { text: () => `${head}CMD ${'['.repeat(60_000)}\nSHELL ["a"${', "b"'.repeat(10_000)}\n` },
  '200 pipes to shells': { text: () => `${head}${times(200, (i) => `RUN apt-get update && curl x | bash -s ${i} && sh -c "sh -c 'a ${i}'"\n`)}` },
  'sh -c in sh -c': {
    text: () => `${head}RUN apt-get update\nRUN ${'sh -c "eval '.repeat(2_000)}a${`'"`.repeat(2_000)}\nCMD ${'sh -c eval '.repeat(4_000)}\n`,
  },
  '20,000 directives': { text: () => `${times(20_000, '# a=b\n')}${head}` },
  'CRLF, LF and CR mixed': {
    text: () => head + times(3_000, (i) => `RUN a${i} \\\r\n  b \\\n  c\r\r\nCOPY d${i} /x/\r\n`),
    because: 'two parsers part it into different instructions',
  },
  'CRLF and LF mixed': { text: () => head + times(3_000, (i) => `RUN a${i} \\\r\n  b \\\n  c\r\nCOPY d${i} /x/\r\nENV A=b\n`) },
  'an image name of 60,000 letters': { text: () => `FROM ${'a-'.repeat(15_000)}:${'b-slim'.repeat(5_000)}\nRUN apt-get update\n` },
};

/** All large ones. */
export function largeHostile(): Hostile[] {
  return Object.entries(large).map(([name, { text, because }]) => ({ name, bytes: Buffer.from(text()), because }));
}
