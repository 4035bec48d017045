/** Where a log is read from: its address or a folder that mirrors it (C2SP tlog-tiles layout). */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogSource } from '#shared/log/log-files.ts';
import { err, ok } from '#shared/result.ts';
import { exchange, type HttpOptions, parseLogAddress } from '../trails/http.ts';

/** A log over https. `address` is the log's tlog-tiles prefix or the base address of the service. */
export function httpLogSource(address: string, options: HttpOptions = {}): LogSource | undefined {
  const parsed = parseLogAddress(address);
  if (!parsed.ok) return undefined;
  return {
    name: parsed.value,
    async read(path, maxBytes) {
      const answer = await exchange(`${parsed.value}/${path}`, {}, maxBytes, options);
      if (!answer.ok) return err('log-unreachable', answer.detail);
      const { status, body } = answer.value;
      if (status === 404 || status === 410) return ok(undefined);
      return status === 200 ? ok(body) : err('log-unreachable', `status ${status} for ${path}`);
    },
  };
}

/** A log in a folder. */
export function folderLogSource(folder: string): LogSource {
  return {
    name: folder,
    async read(path, maxBytes) {
      try {
        const file = join(folder, path);
        if ((await stat(file)).size > maxBytes) return err('log-unreachable', `${path} is too large`);
        return ok(new Uint8Array(await readFile(file)));
      } catch (cause) {
        const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
        if (code === 'ENOENT' || code === 'ENOTDIR') return ok(undefined);
        return err('log-unreachable', cause instanceof Error ? cause.message : String(cause));
      }
    },
  };
}
