import type { AnyNode, CallExpression, Pattern } from 'acorn';

/** Something of a module: `{ module: 'fs', member: 'readFileSync' }`; the member is empty for the module itself. */
export interface Reference {
  readonly module: string;
  readonly member: string;
}

/** What the names in a module stand for, as far as they are declared once and never set again. */
export interface Names {
  /** The expression that a name is declared with. */
  constant(name: string): AnyNode | undefined;
  reference(node: AnyNode): Reference | undefined;
}

export function namesIn(program: AnyNode): Names {
  const declared = new Map<string, number>();
  const constants = new Map<string, AnyNode>();
  const references = new Map<string, Reference>();
  const once = (name: string): boolean => declared.get(name) === 1;
  const reference = (node: AnyNode): Reference | undefined => {
    if (node.type === 'AwaitExpression') return reference(node.argument);
    if (node.type === 'Identifier') {
      if (node.name === 'process' && !declared.has('process')) return { module: 'process', member: '' };
      return once(node.name) ? references.get(node.name) : undefined;
    }
    if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier') {
      const object = reference(node.object);
      return object && memberOf(object, node.property.name);
    }
    const module = loadedBy(node);
    return module === undefined ? undefined : moduleOf(module);
  };
  const declare = (pattern: Pattern): void => {
    for (const name of namesOf(pattern)) declared.set(name, (declared.get(name) ?? 0) + 1);
  };
  walk(program, (node) => {
    if (node.type === 'VariableDeclarator') declare(node.id);
    else if (node.type === 'AssignmentExpression') declare(node.left);
    else if (node.type === 'CatchClause') {
      if (node.param) declare(node.param);
    } else if (node.type === 'UpdateExpression' && node.argument.type === 'Identifier') declare(node.argument);
    else if (node.type === 'ImportDeclaration') for (const { local } of node.specifiers) declare(local);
    else if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') {
      if (node.id) declare(node.id);
      for (const parameter of node.params) declare(parameter);
    }
  });
  walk(program, (node) => {
    if (node.type === 'ImportDeclaration' && typeof node.source.value === 'string') {
      const module = moduleOf(node.source.value);
      for (const specifier of node.specifiers) {
        const named = specifier.type === 'ImportSpecifier' ? (specifier.imported.type === 'Identifier' ? specifier.imported.name : '') : 'default';
        references.set(specifier.local.name, memberOf(module, named));
      }
    }
    if (node.type !== 'VariableDeclarator' || !node.init) return;
    const from = reference(node.init);
    if (node.id.type === 'Identifier') {
      if (from) references.set(node.id.name, from);
      else constants.set(node.id.name, node.init);
    } else if (node.id.type === 'ObjectPattern' && from) {
      for (const property of node.id.properties) {
        if (property.type === 'Property' && !property.computed && property.key.type === 'Identifier' && property.value.type === 'Identifier')
          references.set(property.value.name, memberOf(from, property.key.name));
      }
    }
  });
  return { constant: (name) => (once(name) ? constants.get(name) : undefined), reference };
}

/** The specifier of `require('x')` and `import('x')`. */
function loadedBy(node: AnyNode): string | undefined {
  const source = node.type === 'ImportExpression' ? node.source : node.type === 'CallExpression' && isRequire(node) ? node.arguments[0] : undefined;
  return source?.type === 'Literal' && typeof source.value === 'string' ? source.value : undefined;
}

export function isRequire({ callee }: CallExpression): boolean {
  return callee.type === 'Identifier' && callee.name === 'require';
}

/** Modules with the functions of another one. */
const likeFs = ['fs', 'fs/promises', 'fs-extra', 'graceful-fs'];

function moduleOf(specifier: string): Reference {
  const name = specifier.replace(/^node:/, '');
  return { module: likeFs.includes(name) ? 'fs' : name.replace(/^path\/posix$/, 'path'), member: '' };
}

function memberOf({ module, member }: Reference, name: string): Reference {
  if (name === 'default' || name === 'promises' || (name === 'posix' && module === 'path')) return { module, member };
  return { module, member: member === '' ? name : `${member}.${name}` };
}

function namesOf(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => namesOf(property.type === 'Property' ? property.value : property.argument));
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? namesOf(element) : []));
    case 'RestElement':
      return namesOf(pattern.argument);
    case 'AssignmentPattern':
      return namesOf(pattern.left);
    case 'MemberExpression':
      return [];
  }
}

export function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flatMap((value: unknown) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
}

function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
