/** JSON lines, one per event. Secrets and content never reach them: fields are named, and suspicious ones redacted. */

/** What a log line may carry. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

const SECRET = /token|secret|authorization|cookie|seed|private|key$/i;
const MAX_FIELD = 300;

/** The fields as they may be written: secret-looking names redacted, long values cut. */
export function redact(fields: LogFields): Record<string, string | number | boolean> {
  const safe: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (SECRET.test(name)) safe[name] = '[redacted]';
    else safe[name] = typeof value === 'string' && value.length > MAX_FIELD ? `${value.slice(0, MAX_FIELD)}…` : value;
  }
  return safe;
}

/** Writes one line. */
export function log(level: 'info' | 'warn' | 'error', event: string, fields: LogFields = {}): void {
  console[level](JSON.stringify({ level, event, ...redact(fields) }));
}

/** The message of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
