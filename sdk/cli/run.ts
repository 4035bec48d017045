/** Chooses the command, runs it, and turns every outcome into an exit code. */
import { readFileSync } from 'node:fs';
import { type Command, commandHelp, parseArguments, programHelp } from './command.ts';
import { fsckCommand } from './commands/fsck.ts';
import { issueCommand } from './commands/issue.ts';
import { keygenCommand } from './commands/keygen.ts';
import { monitorCommand } from './commands/monitor.ts';
import { registerCommand } from './commands/register.ts';
import { replayCommand } from './commands/replay.ts';
import { verifyCommand } from './commands/verify.ts';
import { verifyForkCommand } from './commands/verify-fork.ts';
import { witnessCommand } from './commands/witness.ts';
import { CommandFailure, EXIT, type ExitCode } from './exit-codes.ts';
import { painter, printable, type Terminal } from './terminal.ts';

const COMMANDS: readonly Command[] = [
  keygenCommand,
  registerCommand,
  issueCommand,
  verifyCommand,
  replayCommand,
  fsckCommand,
  monitorCommand,
  witnessCommand,
  verifyForkCommand,
];

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '?';
}

/**
 * Runs one invocation. Never throws: a failure is explained on the error stream and becomes an exit code.
 *
 * @param argv - arguments after the program's name
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const paint = painter(terminal);
  try {
    const [name, ...rest] = argv;
    if (name === '--version' || name === '-V') {
      terminal.out(`${version()}\n`);
      return EXIT.done;
    }
    if (name === undefined || name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
      if (name === undefined) {
        terminal.err(programHelp(COMMANDS));
        return EXIT.malformed;
      }
      terminal.out(programHelp(COMMANDS));
      return EXIT.done;
    }
    const wanted = name === 'help' ? rest[0] : name;
    const command = COMMANDS.find((candidate) => candidate.name === wanted);
    if (command === undefined) {
      throw new CommandFailure(
        EXIT.malformed,
        `there is no command "${wanted ?? ''}"`,
        `Commands: ${COMMANDS.map((candidate) => candidate.name).join(', ')}.`,
      );
    }
    const args = name === 'help' ? 'help' : parseArguments(command, rest);
    if (args === 'help') {
      terminal.out(commandHelp(command));
      return EXIT.done;
    }
    return await command.run(args, terminal);
  } catch (cause) {
    if (cause instanceof CommandFailure) {
      terminal.err(`${paint('bold', 'witnessmark:')} ${printable(cause.message, 1000)}\n${cause.advice}\n`);
      return cause.exitCode;
    }
    const shown = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    terminal.err(`witnessmark: this is a bug in witnessmark, please report it with the lines below.\n${shown}\n`);
    return EXIT.bug;
  }
}
