/**
 * Turns what the documentation shows into programs: every `@example` of a source file and every `ts runnable` block of
 * a Markdown file becomes a module whose `// => value` lines are checked.
 */
export interface Example {
  /** Where it stands: `shared/log/note.ts parseNote`. */
  readonly name: string;
  readonly code: string;
}

export interface PublicExport {
  readonly name: string;
  /** Functions and classes are called, so they need an example; types and constants are not. */
  readonly kind: 'callable' | 'constant' | 'type';
  readonly docstring: string | undefined;
  readonly examples: readonly string[];
}

const EXPORT =
  /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*\n)?^export (?:declare )?(?:async )?(function\*?|const|let|class|abstract class|interface|type) (\w+)/gm;

/** The text of a docstring without its stars. */
const unstarred = (comment: string): string =>
  comment
    .replace(/^\/\*\*|\*\/\s*$/g, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .trim();

function examplesIn(docstring: string): string[] {
  const parts = docstring.split(/^@(?=[a-z])/m).slice(1);
  return parts.filter((part) => /^example\b/.test(part)).map((part) => part.replace(/^example[^\n]*\n?/, '').trim());
}

/** Every exported name of a module with what is written about it. Overloads count once. */
export function publicExports(source: string): PublicExport[] {
  const found = new Map<string, PublicExport>();
  for (const [, comment, keyword, name] of source.matchAll(EXPORT)) {
    if (name === undefined || found.has(name)) continue;
    const docstring = comment === undefined ? undefined : unstarred(comment.trim());
    const type = keyword === 'interface' || keyword === 'type';
    const kind = type ? 'type' : /^[A-Z][A-Z\d_]*$/.test(name) ? 'constant' : 'callable';
    found.set(name, { name, kind, docstring, examples: docstring === undefined ? [] : examplesIn(docstring) });
  }
  return [...found.values()];
}

/** The blocks of a Markdown document that are fenced as `ts runnable`. */
export function runnableBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts runnable[^\n]*\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
}

const EXPECTATION = /^(.*?)\s*\/\/ => (.*)$/;

/** The lines above `end` that belong to the same statement: back to the last finished one. */
function statementStart(lines: readonly string[], end: number): number {
  let start = end;
  while (start > 0) {
    const above = lines[start - 1]?.trim() ?? '';
    if (above === '' || above.startsWith('//') || /[;}]$/.test(above.replace(/\/\/.*$/, '').trim())) break;
    start--;
  }
  return start;
}

/**
 * The example as a module that exports `checks`: one `[shown, actual, expected]` for each `// => value` line. A line
 * that declares a constant is compared by the constant's value.
 */
export function asModule(code: string): string {
  const lines = code.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [, last, expected] = EXPECTATION.exec(lines[i] ?? '') ?? [];
    if (last === undefined || expected === undefined) continue;
    // A value on a line of its own belongs to the statement above it.
    const start = statementStart(lines, last.trim() === '' ? i - 1 : i);
    const statement = [...lines.slice(start, i), last].join('\n').trim().replace(/;$/, '');
    const declared = /^(?:const|let) (\w+)[^=]*=/.exec(statement)?.[1];
    const check = `checks.push([${JSON.stringify(statement)}, ${declared ?? `(\n${statement}\n)`}, (${expected.replace(/;$/, '')})]);`;
    lines.splice(start, i - start + 1, declared === undefined ? check : `${statement};\n${check}`);
    i = start;
  }
  const imports = lines.filter((line) => /^import .*;$/.test(line));
  const rest = lines.filter((line) => !/^import .*;$/.test(line));
  return [...imports, 'export const checks: [string, unknown, unknown][] = [];', ...rest, ''].join('\n');
}
