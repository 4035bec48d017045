/**
 * Everything a command may touch outside itself, so that tests can replace it, and safe printing of foreign text.
 */
export interface Terminal {
  /** Where results go. */
  out(text: string): void;
  /** Where progress, advice and errors go. */
  err(text: string): void;
  /** Whether results are read by a person at a terminal. */
  readonly isTty: boolean;
  /** Whether progress is read by a person at a terminal. */
  readonly errIsTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** Unix seconds. */
  now(): number;
  /** Aborts when this process is asked to end (SIGINT, SIGTERM), which from then on does not end it by itself. */
  stopSignal(): AbortSignal;
  /** All of standard input, or the first bytes of it once there are more than `maxBytes`. */
  readStdin(maxBytes: number): Promise<Uint8Array>;
}

export type Tint = 'bold' | 'dim' | 'green' | 'yellow' | 'red';
export type Paint = (tint: Tint, text: string) => string;

const CODES: Readonly<Record<Tint, string>> = { bold: '1', dim: '2', green: '32', yellow: '33', red: '31' };

/**
 * Colours for a terminal, none for a pipe or a file. NO_COLOR (any non-empty value) switches them off.
 *
 * @see https://no-color.org/
 */
export function painter(terminal: Pick<Terminal, 'isTty' | 'env'>): Paint {
  const noColor = terminal.env.NO_COLOR ?? '';
  const coloured = terminal.isTty && noColor === '' && terminal.env.TERM !== 'dumb';
  return (tint, text) => (coloured ? `\u001b[${CODES[tint]}m${text}\u001b[0m` : text);
}

/** Controls (C0, C1, line and paragraph separators) and the invisible and bidi formats that can rearrange a line. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

/**
 * Attacker-controlled text made safe for a terminal: one line, no escape sequences, no reordering, bounded length.
 */
export function printable(text: string, maxLength = 300): string {
  const clipped = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return clipped.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Unix seconds as a person reads them, always in UTC. */
export function readableTime(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000);
  if (Number.isNaN(date.getTime())) return `${unixSeconds} (unix seconds)`;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
