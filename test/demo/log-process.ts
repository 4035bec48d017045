/**
 * The log and its witnesses in a process of their own, so that they can be stopped, and killed, like a real server.
 * Prints one line of JSON when they answer. Argument: JSON of the options.
 */
import { startLocalLog } from '../../worker/local/start-local-log.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as Parameters<typeof startLocalLog>[0];
const log = await startLocalLog(options);
console.log(JSON.stringify({ ready: { base: log.url, trust: log.trust, witnesses: log.witnesses } }));

const stop = (): void => {
  void log.close().finally(() => process.exit(0));
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
process.once('disconnect', stop);
