/** The log argument of `fsck` and `monitor`. */
import { type OpenedLog, openLog } from '../log/open-log.ts';
import type { HttpOptions } from '../trails/http.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';

export async function readLogArgument(target: string, options: HttpOptions): Promise<OpenedLog> {
  const log = await openLog(target, options);
  if (log.ok) return log.value;
  if (log.reason === 'log-address-malformed') {
    throw new CommandFailure(
      EXIT.malformed,
      `"${target}" is not a log's address`,
      'It must be https (http only for this machine), without credentials or query.',
    );
  }
  throw new CommandFailure(EXIT.malformed, `"${target}" is neither an address nor a folder`, 'Check the path.');
}
