/** The `--shards` option: a log's shard document, by which trust in one yearly shard leads to the others. */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { followShards } from '#shared/shards/follow-shards.ts';
import { MAX_SHARD_DOCUMENT_CHARS } from '#shared/shards/shard-document.ts';
import type { Trust } from '#shared/trust/trust.ts';
import { type DocumentKind, readDocument } from './document-input.ts';
import { printable, type Terminal } from './terminal.ts';

const KIND: DocumentKind = {
  what: 'the shard document',
  maxBytes: MAX_SHARD_DOCUMENT_CHARS,
  accept: 'application/json',
};

/** The given trust, and after it what follows from it; a document that is refused adds nothing, which is said. */
export async function readShardTrust(path: string | undefined, trust: Trust, terminal: Terminal): Promise<Trust[]> {
  if (path === undefined) return [trust];
  const document = await readDocument(path, KIND, terminal);
  const followed =
    document.state === 'read' ? followShards(fromUtf8(document.bytes) ?? '', trust, NOTE_ALGORITHMS) : undefined;
  if (followed?.ok) return [trust, followed.value.trust];
  const why = document.state === 'missing' ? document.detail : `${followed?.reason} ${followed?.detail ?? ''}`.trim();
  terminal.err(`${printable(path)}: no shard is trusted by it: ${printable(why)}\n`);
  return [trust];
}
