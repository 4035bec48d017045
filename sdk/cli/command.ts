/** The shape of a command, its arguments and its help. */
import { parseArgs } from 'node:util';
import { CommandFailure, EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** Placeholder in the help, such as `FILE`. */
  readonly value?: string;
  readonly help: string;
  readonly required?: true;
  /** May be given more than once; read with `all`. */
  readonly repeatable?: true;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The positional argument, where the command takes one. */
  readonly argument?: { readonly name: string; readonly help: string };
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** Closing words of the help: what success does and does not mean. */
  readonly notes?: string;
  run(args: Arguments, terminal: Terminal): Promise<ExitCode>;
}

/** Parsed arguments; every accessor fails with advice instead of giving a wrong type. */
export interface Arguments {
  readonly argument: string;
  text(name: string): string | undefined;
  required(name: string): string;
  /** Each value of a repeatable option, in order. */
  all(name: string): readonly string[];
  flag(name: string): boolean;
}

const seeHelp = (command: Command): string => `Run "witnessmark ${command.name} --help" for what it takes.`;

/** Arguments of one command, or a failure that says which argument is wrong. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments | 'help' {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> = {
    help: { type: 'boolean', short: 'h' },
  };
  for (const [name, spec] of Object.entries(command.options)) {
    options[name] = { type: spec.type, multiple: spec.repeatable === true };
  }
  let values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  let positionals: string[];
  let seen: string[];
  try {
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true, tokens: true });
    values = parsed.values;
    positionals = parsed.positionals;
    seen = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(EXIT.malformed, message.split('. ')[0] ?? message, seeHelp(command));
  }
  if (values.help === true) return 'help';
  const repeated = seen.find((name, i) => seen.indexOf(name) !== i && command.options[name]?.repeatable !== true);
  if (repeated !== undefined) {
    throw new CommandFailure(EXIT.malformed, `--${repeated} is given more than once`, 'Give it once.');
  }
  const expected = command.argument === undefined ? 0 : 1;
  if (positionals.length > expected) {
    throw new CommandFailure(
      EXIT.malformed,
      `unexpected argument "${positionals[expected] ?? ''}"`,
      `${seeHelp(command)} Names that begin with "-" need "--" before them.`,
    );
  }
  if (command.argument !== undefined && positionals.length === 0) {
    throw new CommandFailure(EXIT.malformed, `${command.argument.name} is missing`, seeHelp(command));
  }
  for (const [name, spec] of Object.entries(command.options)) {
    if (spec.required === true && values[name] === undefined) {
      throw new CommandFailure(EXIT.malformed, `--${name} is missing (${spec.help})`, seeHelp(command));
    }
  }
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    argument: positionals[0] ?? '',
    text,
    required(name) {
      const value = text(name);
      if (value === undefined) throw new CommandFailure(EXIT.malformed, `--${name} is missing`, seeHelp(command));
      return value;
    },
    all(name) {
      const value = values[name];
      return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
    },
    flag: (name) => values[name] === true,
  };
}

const EXIT_HELP = `Exit codes
  0 verified or done   10 invalid   11 unproven   20 unsupported   30 malformed input   1 bug`;

/** Help of one command. */
export function commandHelp(command: Command): string {
  const required = Object.entries(command.options)
    .filter(([, spec]) => spec.required === true)
    .map(([name, spec]) => ` --${name} ${spec.value ?? ''}`.trimEnd());
  const argument = command.argument === undefined ? '' : ` <${command.argument.name}>`;
  const rows = Object.entries(command.options).map(([name, spec]): [string, string] => [
    `--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`,
    spec.help,
  ]);
  rows.push(['-h, --help', 'this page']);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const lines = [
    `witnessmark ${command.name}: ${command.summary}`,
    '',
    `Usage: witnessmark ${command.name}${argument}${required.join('')} [options]`,
  ];
  if (command.argument !== undefined) lines.push('', `  <${command.argument.name}>  ${command.argument.help}`);
  lines.push('', 'Options', ...rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`));
  lines.push('', 'Examples', ...command.examples.map((example) => `  ${example}`));
  if (command.notes !== undefined) lines.push('', command.notes);
  lines.push('', EXIT_HELP, '');
  return lines.join('\n');
}

/** Help of the whole program. */
export function programHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2;
  return [
    'witnessmark: every AI output leaves a proof trail; check it here, on your own machine.',
    '',
    'Usage: witnessmark <command> [arguments]',
    '',
    'Commands',
    ...commands.map((command) => `  ${command.name.padEnd(width)}${command.summary}`),
    '',
    '"witnessmark <command> --help" explains each. "--version" prints the version.',
    '',
    EXIT_HELP,
    '',
  ].join('\n');
}
