import { parse } from 'unbash';
import type { AndOr, Assignment, CommandNode, PipelineNode, Redirection as RedirectionNode, Statement, SyntaxNode, Word, WordPart, Command } from 'unbash';
import { onceForText } from '../once.ts';
import type { SourceText } from '../text.ts';
import type { Connector, ListItem, Redirection, Script, ShellWord, SimpleCommand } from './script.ts';

/**
 * Reads the text of a RUN; undefined where it does not parse.
 * `unbash` reads bash: what another shell reads differently is named in `bashism`.
 */
export function readScript(source: SourceText): Script | undefined {
  const parsed = parseScript(source.text);
  return parsed && { source, ...parsed };
}

const parseScript = onceForText((text: string): Omit<Script, 'source'> | undefined => {
  const parsed = parse(text);
  if (parsed.errors && parsed.errors.length > 0) return undefined;
  const reader = new Reader(text);
  const items: ListItem[] = [];
  for (const statement of parsed.commands) reader.statement(statement, items);
  const last = parsed.commands.at(-1);
  const tail = text.slice(items.at(-1)?.end ?? last?.end ?? 0).trim();
  const { state, bashism, listSubstituted, opensHeredoc } = reader;
  return { items, commands: reader.commands.toSorted((a, b) => a.start - b.start), tail, state, bashism, listSubstituted, opensHeredoc };
});

class Reader {
  readonly commands: SimpleCommand[] = [];
  bashism: string | undefined;
  state: string | undefined;
  listSubstituted: string | undefined;
  opensHeredoc = false;

  constructor(readonly text: string) {}

  statement(statement: Statement, items: ListItem[]): void {
    const list: AndOr | undefined = statement.command.type === 'AndOr' ? statement.command : undefined;
    const parts: readonly PipelineNode[] = statement.command.type === 'AndOr' ? statement.command.commands : [statement.command];
    for (const [i, part] of parts.entries()) {
      const connector: Connector | undefined = i > 0 ? list?.operators[i - 1] : items.length > 0 ? ';' : undefined;
      const background = statement.background === true && i === parts.length - 1;
      items.push(this.item(part, connector, background));
    }
  }

  private item(node: PipelineNode, connector: Connector | undefined, background: boolean): ListItem {
    const nodes: readonly CommandNode[] = node.type === 'Pipeline' ? node.commands : [node];
    const negated = node.type === 'Pipeline' && node.prefixes.some((prefix) => prefix.type === 'Negation');
    if (node.type === 'Pipeline') {
      if (node.prefixes.some((prefix) => prefix.type === 'Time')) this.differs('time');
      if (node.operators.includes('|&')) this.differs('|&');
    }
    const pipeline: SimpleCommand[] = [];
    let compound = false;
    for (const command of nodes) {
      if (command.type === 'Command') pipeline.push(this.command(command, false));
      else {
        compound = true;
        this.nested(command);
      }
    }
    return { start: node.pos, end: node.end, connector, pipeline: compound ? [] : pipeline, negated, background };
  }

  private command(node: Command, nested: boolean): SimpleCommand {
    const words: ShellWord[] = [];
    const assignments: { name: string; value: string | undefined }[] = [];
    for (const prefix of node.prefix) if (prefix.type === 'Assignment') assignments.push(this.assignment(prefix));
    if (node.name) words.push(this.word(node.name));
    for (const argument of node.args) {
      if (argument.type === 'Word') words.push(this.word(argument));
      else {
        this.assignment(argument);
        words.push({ start: argument.pos, end: argument.end, text: argument.text, ...this.literal(argument) });
      }
    }
    const redirections = node.redirects.map((redirect) => this.redirection(redirect));
    if (words[0]?.value === 'source' || words[0]?.value === 'declare' || words[0]?.value === 'shopt') this.differs(words[0].value);
    const command = { start: node.pos, end: node.end, words, assignments, redirections, nested };
    this.commands.push(command);
    return command;
  }

  private assignment(node: Assignment): { name: string; value: string | undefined } {
    if (node.value.type === 'ArrayValue' || node.append || node.index) {
      this.differs(node.text);
      return { name: node.name, value: undefined };
    }
    return { name: node.name, value: this.word(node.value).value };
  }

  private literal(node: Assignment): { value: string | undefined; pattern: string | undefined } {
    const value = node.value.type === 'Word' ? this.word(node.value) : undefined;
    const whole = value?.value === undefined ? undefined : `${node.name}=${value.value}`;
    return { value: whole, pattern: whole };
  }

  private redirection(node: RedirectionNode): Redirection {
    if (node.operator === '<<<' || node.operator === '&>' || node.operator === '&>>') this.differs(node.operator);
    if (node.type === 'HereDoc') {
      this.opensHeredoc = true;
      for (const part of node.body.parts ?? []) this.part(part);
      return { operator: node.operator, target: undefined };
    }
    return { operator: node.operator, target: node.target ? this.word(node.target) : undefined };
  }

  private word(node: Word): ShellWord {
    const parts = node.parts;
    const base = { start: node.pos, end: node.end, text: node.text };
    if (!parts) return { ...base, value: node.value, pattern: node.value };
    let value: string | undefined = '';
    let pattern: string | undefined = '';
    for (const part of parts) {
      const read = this.part(part);
      value = value === undefined || read.value === undefined ? undefined : value + read.value;
      pattern = pattern === undefined || read.pattern === undefined ? undefined : pattern + read.pattern;
    }
    return { ...base, value, pattern };
  }

  private part(part: WordPart): { value?: string | undefined; pattern?: string | undefined } {
    switch (part.type) {
      case 'Literal':
        return { value: part.value, pattern: part.value };
      case 'SingleQuoted':
        return { value: part.value, pattern: part.value };
      case 'AnsiCQuoted':
        this.differs("$'…'");
        return { value: part.value, pattern: part.value };
      case 'LocaleString':
        this.differs('$"…"');
        return {};
      case 'DoubleQuoted': {
        let value: string | undefined = '';
        for (const child of part.parts) {
          const read = this.part(child);
          value = value === undefined || read.value === undefined ? undefined : value + read.value;
        }
        return { value, pattern: value };
      }
      case 'Glob':
        return { pattern: part.text };
      case 'CommandExpansion':
        if (!runsOnePipeline(part.script?.commands)) this.listSubstituted ??= part.text;
        for (const statement of part.script?.commands ?? []) this.nested(statement.command);
        return {};
      case 'ParameterExpansion':
        if (part.index || part.prefix === '!') this.differs(part.text);
        if (part.operation && part.operation.type !== 'Default' && part.operation.type !== 'Remove') this.differs(part.text);
        if (part.operation?.type === 'Default') this.word(part.operation.operand);
        if (/^[!_]$/.test(part.parameter) || (part.operation?.type === 'Default' && part.operation.operator.endsWith('='))) this.state ??= part.text;
        return {};
      case 'ProcessSubstitution':
        this.differs(`${part.operator}(…)`);
        if (!runsOnePipeline(part.script?.commands)) this.listSubstituted ??= part.text;
        for (const statement of part.script?.commands ?? []) this.nested(statement.command);
        return {};
      case 'BraceExpansion':
      case 'ExtendedGlob':
        this.differs(part.text);
        return {};
      case 'ArithmeticExpansion':
        if (/\+\+|--|(^|[^=!<>])=(?!=)/.test(part.text)) this.state ??= part.text;
        return {};
      case 'SimpleExpansion':
        if (part.text === '$!' || part.text === '$_') this.state ??= part.text;
        return {};
    }
  }

  /** Walks what is not in the top-level list, for its commands and for what shells read differently. */
  private nested(node: unknown): void {
    if (Array.isArray(node)) {
      for (const child of node) this.nested(child);
      return;
    }
    if (!isNode(node)) return;
    switch (node.type) {
      case 'Command':
        this.command(node, true);
        return;
      case 'Word':
        this.word(node);
        return;
      case 'TestCommand':
        this.differs('[[');
        break;
      case 'ArithmeticCommand':
      case 'ArithmeticFor':
        this.differs('((');
        break;
      case 'Select':
      case 'Coproc':
        this.differs(node.type.toLowerCase());
        break;
      case 'Function':
        if (this.text.startsWith('function', node.pos)) this.differs('function');
        break;
      case 'HereDoc':
      case 'HereString':
      case 'Redirect':
        this.redirection(node);
        return;
      default:
        break;
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'type' && typeof child === 'object') this.nested(child);
  }

  private differs(what: string): void {
    this.bashism ??= what;
  }
}

function isNode(node: unknown): node is SyntaxNode {
  return typeof node === 'object' && node !== null && 'type' in node && typeof node.type === 'string';
}

/** One simple command, or one pipeline of such. */
function runsOnePipeline(statements: readonly Statement[] = []): boolean {
  const [statement, ...more] = statements;
  if (more.length > 0) return false;
  const command = statement?.command;
  if (!command || command.type === 'Command') return statement?.background !== true;
  return command.type === 'Pipeline' && command.prefixes.length === 0 && command.commands.every((one) => one.type === 'Command');
}
