/** A local log with a registered issuer, which grows by attestations as any issuer would send them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NoteKey, noteKey } from '#shared/log/note.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { parseTrail, type Trail } from '#shared/trail/trail.ts';
import { localKeys, publicKeyOf } from '../../worker/local/keys.ts';
import { type LocalLog, type LocalLogOptions, startLocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerKeys, postJson, startIssuer } from '../support/worker-harness.ts';

export const ORIGIN = 'interop.localhost/log/2026';

/** A logged attestation. */
export interface Attested {
  readonly index: number;
  readonly trail: Trail;
}

/** See the file's header. */
export interface AttestingLog {
  readonly folder: string;
  readonly log: LocalLog;
  readonly key: NoteKey;
  readonly issuer: { readonly origin: string; readonly key: IssuerKeys };
  /** Logs an attestation made before; the same one again gives the same index. */
  readonly submit: (attestation: ReturnType<typeof attestationOf>) => Promise<Attested>;
  readonly attest: (text: string) => Promise<Attested>;
  readonly checkpoint: () => Promise<string>;
  readonly size: () => Promise<number>;
  /** Grows the log to at least `size` entries. */
  readonly fillTo: (size: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A new folder for a log, and the key the log will have. */
export function prepareLog(): { readonly folder: string; readonly key: NoteKey } {
  const folder = mkdtempSync(join(tmpdir(), 'wm-interop-'));
  return { folder, key: noteKey(ORIGIN, 1, publicKeyOf(localKeys(folder, 0).log)) };
}

/** How many attestations are under way at once. */
const PARALLEL = 64;

/** Starts a log in a prepared folder, which goes when it stops. */
export async function startAttestingLog(
  { folder, key } = prepareLog(),
  options: Omit<LocalLogOptions, 'folder'> = { witnesses: 0 },
): Promise<AttestingLog> {
  const log = await startLocalLog({ ...options, folder, origin: ORIGIN });
  const issuer = await startIssuer();
  const [signer] = issuer.keys;
  if (!signer) throw new Error('the issuer has no key');
  const registered = await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  if (!registered.ok) throw new Error(`registering: ${registered.status} ${await registered.text()}`);

  const submit: AttestingLog['submit'] = async (attestation) => {
    const answer = await postJson(`${log.logUrl}/v1/attestations`, attestation);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`attesting: ${answer.status} ${text}`);
    const trail = parseTrail(text);
    const proof = trail.ok ? parseTlogProof(trail.value.proof) : trail;
    if (!trail.ok || !proof.ok) throw new Error('attesting: the answer is no trail');
    return { index: proof.value.index, trail: trail.value };
  };
  const attest: AttestingLog['attest'] = (text) => submit(attestationOf(text, issuer.origin, signer));
  const checkpoint = async (): Promise<string> => (await fetch(`${log.logUrl}/log/checkpoint`)).text();
  const size = async (): Promise<number> => Number((await checkpoint()).split('\n')[1]);
  const fillTo = async (target: number): Promise<void> => {
    let left = target - (await size());
    const worker = async (): Promise<void> => {
      while (left > 0) await attest(`Entry ${target - left--}.`);
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  };
  const stop = async (): Promise<void> => {
    await Promise.all([log.stop(), issuer.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    folder,
    log,
    key,
    issuer: { origin: issuer.origin, key: signer },
    submit,
    attest,
    checkpoint,
    size,
    fillTo,
    stop,
  };
}
