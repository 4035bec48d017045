/** A log by what a person types: the service's base address, its tile prefix, or a folder that mirrors it. */
import { stat } from 'node:fs/promises';
import type { LogSource } from '#shared/log/log-files.ts';
import { err, ok, type Result } from '#shared/result.ts';
import type { HttpOptions } from '../trails/http.ts';
import { folderLogSource, httpLogSource } from './log-source.ts';

export interface OpenedLog {
  readonly source: LogSource;
  /** Base address of the service; absent for a folder. */
  readonly base?: string;
}

/** @returns `log-address-malformed`, `log-not-a-folder` */
export async function openLog(
  target: string,
  options: HttpOptions,
): Promise<Result<OpenedLog, 'log-address-malformed' | 'log-not-a-folder'>> {
  if (/^https?:\/\//.test(target)) {
    const given = httpLogSource(target, options);
    if (given === undefined) return err('log-address-malformed');
    const below = httpLogSource(`${given.name}/log`, options);
    const direct = given.name.endsWith('/log') || below === undefined || !(await hasCheckpoint(below));
    const source = direct ? given : below;
    return ok({ source, base: source.name.replace(/\/log(\/[\w.-]+)?$/, '') });
  }
  const folder = await stat(target).catch(() => undefined);
  return folder?.isDirectory() === true ? ok({ source: folderLogSource(target) }) : err('log-not-a-folder');
}

async function hasCheckpoint(source: LogSource): Promise<boolean> {
  const file = await source.read('checkpoint', 128 * 1024);
  return file.ok && file.value !== undefined;
}
