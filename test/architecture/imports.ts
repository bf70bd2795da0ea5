/**
 * Every way in which a file can name another: static, dynamic and type-only imports, re-exports, `import('…')` types,
 * `import x = require('…')` and `require('…')`.
 *
 * Read by Oxc's parser, which vite brings along and which also bundles the product: what it does not see is not built.
 * A pattern over the text would take imports in comments and strings for real ones; TypeScript 7 has no parser to call.
 */
import { parseSync } from 'vite';

export interface Import {
  /** As it is written; undefined where it is computed. */
  specifier: string | undefined;
  /** Gone before the program runs. */
  typeOnly: boolean;
  reExport: boolean;
}

interface AstNode {
  type: string;
  [field: string]: unknown;
}

export function importsOf(file: string, source: string): Import[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} can't be read: ${errors[0]?.message}`);
  const found: Import[] = [];
  visit(program as unknown as AstNode, (node) => {
    const one = importOf(node);
    if (one) found.push(one);
  });
  return found;
}

function importOf(node: AstNode): Import | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier: literal(node['source']), typeOnly: isTypeOnly(node, 'importKind'), reExport: false };
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      if (!node['source']) return undefined;
      return { specifier: literal(node['source']), typeOnly: isTypeOnly(node, 'exportKind'), reExport: true };
    case 'ImportExpression':
      return { specifier: literal(node['source']), typeOnly: false, reExport: false };
    case 'TSImportType':
      return { specifier: literal(node['source'] ?? node['argument']), typeOnly: true, reExport: false };
    case 'TSExternalModuleReference':
      return { specifier: literal(node['expression']), typeOnly: false, reExport: false };
    case 'CallExpression': {
      const callee = node['callee'] as AstNode;
      if (callee.type !== 'Identifier' || callee['name'] !== 'require') return undefined;
      return { specifier: literal((node['arguments'] as unknown[])[0]), typeOnly: false, reExport: false };
    }
    default:
      return undefined;
  }
}

/** The declaration says so, or each of its names does: `import { type A, type B }`. */
function isTypeOnly(node: AstNode, kind: 'importKind' | 'exportKind'): boolean {
  if (node[kind] === 'type') return true;
  const names = (node['specifiers'] ?? []) as AstNode[];
  return names.length > 0 && names.every((name) => name[kind] === 'type');
}

function literal(node: unknown): string | undefined {
  const { type, value, literal: inner } = (node ?? {}) as { type?: string; value?: unknown; literal?: unknown };
  if (type === 'TSLiteralType') return literal(inner);
  return type === 'Literal' && typeof value === 'string' ? value : undefined;
}

function visit(node: AstNode, see: (node: AstNode) => void): void {
  see(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child !== null && typeof child === 'object' && 'type' in child) visit(child as AstNode, see);
    }
  }
}
