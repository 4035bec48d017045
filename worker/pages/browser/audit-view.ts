/** The section of the trail page that audits the whole log: one button, how far it is, and what was found. */

import { fromUtf8 } from '#shared/bytes/bytes.ts';
import type { Checkpoint } from '#shared/log/checkpoint.ts';
import { LogUnreachable, readCheckpointFile } from '#shared/log/log-files.ts';
import { type ReadCheckpoint, readCheckpoint } from '#shared/trust/read-checkpoint.ts';
import type { Trust } from '#shared/trust/trust.ts';
import type { AuditAnswer, AuditProgress, PlacedQuestion } from './audit-log.ts';
import { answerWords, entriesWords, faultWords, progressWords, signedWords } from './audit-words.ts';
import { element } from './dom.ts';
import { pageLogSource } from './log-source.ts';

/** Where on this server the log with this origin is; of a log with shards, each has a place of its own. */
function placeOf({ policy: { logs } }: Trust, origin = logs[0]?.key.name): string {
  const url = logs.find(({ key }) => key.name === origin)?.url;
  return URL.parse(url ?? '')?.pathname ?? '/log';
}

/** The log's newest state with its signature checked here, or why there is none to compare with. */
async function signedState(place: string, trust: Trust): Promise<ReadCheckpoint | string> {
  try {
    const file = await readCheckpointFile(pageLogSource(place));
    if (file === undefined) return 'The log has published no signed state yet.';
    const read = readCheckpoint(fromUtf8(file) ?? '', trust);
    if (!read.ok) return `The log’s signed state cannot be read (${read.reason}).`;
    const { signature, detail = '' } = read.value;
    if (signature === 'failed') return `The log’s signature on its own state does not hold (${detail}).`;
    return signature === 'passed' ? read.value : `Nobody here knows this log’s key: ${detail}.`;
  } catch (cause) {
    if (cause instanceof LogUnreachable) return `The log’s signed state cannot be read: ${cause.message}.`;
    throw cause;
  }
}

const isProgress = (message: AuditProgress | AuditAnswer): message is AuditProgress => 'entries' in message;

/** The audit in its own thread, which ends when it has answered or `stopping` comes first. */
function auditInThread(
  question: PlacedQuestion,
  tell: (progress: AuditProgress) => void,
  stopping: Promise<undefined>,
): Promise<AuditAnswer | undefined> {
  const worker = new Worker('/assets/audit-worker.js');
  const answer = new Promise<AuditAnswer>((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent<AuditProgress | AuditAnswer>) =>
      isProgress(data) ? tell(data) : resolve(data),
    );
    worker.addEventListener('error', () => resolve({ end: 'failed' }));
  });
  worker.postMessage(question);
  return Promise.race([answer, stopping]).finally(() => worker.terminate());
}

/** The section; `earlier` is the state that the trail was proven in. */
export function auditView(trust: Trust | undefined, earlier: Checkpoint | undefined): HTMLElement {
  const button = element('button', { type: 'button', 'aria-describedby': 'audit-about' }, 'Audit the whole log');
  const bar = element('progress', { 'aria-label': 'Entries read', value: '0', hidden: '' });
  const signature = element('p', { class: 'note' });
  const figures = element('p', { class: 'figures' });
  // Figures change ten times a second: only what is said here is read out.
  const status = element('p', { class: 'result', role: 'status' });
  const found = element('ul', { class: 'faults' });
  let stop: (() => void) | undefined;

  const say = (words: string, state: 'plain' | 'holds' | 'faults' = 'plain'): void => {
    status.className = `result ${state}`;
    status.textContent = words;
  };

  async function audit(known: Trust): Promise<void> {
    const stopping = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined);
    });
    found.replaceChildren();
    figures.textContent = '';
    signature.textContent = '';
    say('Reading the state that the log signed…');
    const place = placeOf(known, earlier?.origin);
    const signed = await Promise.race([signedState(place, known), stopping]);
    if (signed === undefined) return say('Stopped.');
    if (typeof signed === 'string') return say(signed);
    const { size, root } = signed.checkpoint;
    signature.textContent = signedWords(signed);
    say(`${signedWords(signed)} Reading…`);
    bar.hidden = false;
    bar.max = Math.max(size, 1);
    bar.value = 0;
    let seen = 0;
    let quarter = 1;
    const tell = (progress: AuditProgress): void => {
      seen = progress.entries;
      bar.value = seen;
      figures.textContent = progressWords(progress, size);
      if (seen < (size * quarter) / 4 || quarter > 3) return;
      say(`${Math.floor((100 * seen) / size)} % read.`);
      quarter = Math.floor((4 * seen) / size) + 1;
    };
    const question = { place, checkpoint: { size, root }, ...(earlier && { earlier }) };
    const answer = await auditInThread(question, tell, stopping);
    if (answer === undefined) {
      return say(`Stopped after ${entriesWords(seen)}. Nothing is concluded from a part of the log.`);
    }
    const state = answer.end === 'holds' || answer.end === 'faults' ? answer.end : 'plain';
    say(answerWords(answer, size, earlier !== undefined), state);
    if (answer.end !== 'faults') return;
    found.append(
      ...answer.faults.map((fault) => element('li', {}, element('code', {}, fault.where), `: ${faultWords(fault)}`)),
      ...(answer.more > 0 ? [element('li', {}, `${answer.more} more`)] : []),
    );
  }

  button.addEventListener('click', async () => {
    if (stop !== undefined) return stop();
    if (trust === undefined) return;
    button.textContent = 'Stop';
    try {
      await audit(trust);
    } finally {
      stop = undefined;
      button.textContent = 'Audit again';
    }
  });
  if (trust === undefined) {
    button.disabled = true;
    say('The log’s trust document could not be read, so there is no key to check its signed state with.');
  }
  return element(
    'section',
    { class: 'audit', 'aria-labelledby': 'audit-title' },
    element('h2', { id: 'audit-title' }, 'Audit the whole log'),
    element(
      'p',
      { id: 'audit-about', class: 'note' },
      'A trail proves that one entry stands in the log. This reads every entry from this server, hashes all of them in ' +
        'this page, and compares each tile and the root with what the log signed. What the entries say, and who signed ' +
        'them, is not checked. This page’s script comes from the same server; the command “witnessmark fsck” is yours.',
    ),
    button,
    bar,
    figures,
    signature,
    status,
    found,
  );
}
