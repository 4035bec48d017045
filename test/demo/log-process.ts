/**
 * The log and its witnesses in a process of their own, so that they can be stopped, and killed, like a real server.
 * Prints one line of JSON when they answer. Arguments: port and folder.
 */
import { startLocalLog } from '../../worker/local/start-local-log.ts';

const [port, folder] = process.argv.slice(2);
if (port === undefined || folder === undefined) throw new TypeError('usage: log-process.ts PORT FOLDER');
const { logUrl, witnessUrls, trust, stop } = await startLocalLog({ port: Number(port), folder, witnesses: 3 });
console.log(JSON.stringify({ ready: { base: logUrl, trust, witnesses: witnessUrls } }));

const end = (): void => {
  void stop().finally(() => process.exit(0));
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
process.once('disconnect', end);
