/**
 * The trail page: fetches the trail and checks it in this page with the core every reader uses. The trust document
 * comes from the same server, and the page says so; the extension uses the reader's own.
 */

import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import type { Checkpoint } from '#shared/log/checkpoint.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { markdownLines } from '#shared/text/markdown.ts';
import { plainLines } from '#shared/text/passages.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { readCheckpoint } from '#shared/trust/read-checkpoint.ts';
import { parseTrust, type Trust } from '#shared/trust/trust.ts';
import type { VerifyTrailInput } from '#shared/verdict/established.ts';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import { auditView } from './audit-view.ts';
import { compareImageView, compareTextView } from './compare-view.ts';
import { element, facts } from './dom.ts';
import { checkWords, headline, isImage, runWords, standingWords, timeWords } from './words.ts';

const MARKS = { passed: 'passed', failed: 'failed', skipped: 'not checked' } as const;

function verdictView(verdict: Verdict): HTMLElement {
  const known = verdict.facts;
  return element(
    'section',
    { class: `verdict ${verdict.verdict}`, 'aria-labelledby': 'headline' },
    element('h2', { id: 'headline' }, headline(verdict)),
    ...(verdict.reasons.length > 0
      ? [element('p', { class: 'reasons' }, `Reason: ${verdict.reasons.join(', ')}`)]
      : []),
    ...(known
      ? [
          facts([
            ['Stands behind it', known.issuer],
            ['Run', runWords(known.claim)],
            ['Model', `${known.claim.model.name} by ${known.claim.model.provider}`],
            ['Time claimed', timeWords(known.claim.run.at)],
            ['Seen by witnesses', known.loggedBefore === undefined ? undefined : timeWords(known.loggedBefore)],
            ['Witnesses', known.witnesses.map(({ name }) => name).join(', ')],
            ['Log', `${known.log.origin}, entry ${known.log.index} of ${known.log.size}`],
            ['Signing key', standingWords(verdict)],
            ['Accountability', known.claim.accountability.level],
            ['Disputes', verdict.standing.state === 'disputed' ? 'disputed' : `none found as of entry ${known.asOf}`],
          ]),
        ]
      : []),
    checksView(verdict),
  );
}

const checksView = (verdict: Verdict): HTMLElement =>
  element(
    'details',
    { open: '' },
    element('summary', {}, 'What was checked, and what was not'),
    element(
      'ol',
      { class: 'checks' },
      ...verdict.checks.map(({ id, status, reason }) =>
        element(
          'li',
          { class: status },
          element('span', { class: 'status' }, MARKS[status]),
          ` ${checkWords(id, verdict)}${reason ? ` (${reason})` : ''}`,
        ),
      ),
    ),
  );

async function load(path: string): Promise<string | number> {
  try {
    const answer = await fetch(path, { credentials: 'omit' });
    return answer.ok ? await answer.text() : answer.status;
  } catch {
    return 0;
  }
}

/** The state of the log that the trail was proven in, where the log's signature on it holds. */
function provenIn(trailText: string, trust: Trust | undefined): Checkpoint | undefined {
  const trail = parseTrail(trailText);
  const proof = trail.ok ? parseTlogProof(trail.value.proof) : trail;
  const read = proof.ok ? readCheckpoint(proof.value.checkpoint, trust) : proof;
  return read.ok && read.value.signature === 'passed' ? read.value.checkpoint : undefined;
}

async function start(host: HTMLElement, auditHost: HTMLElement): Promise<void> {
  const id = host.dataset['id'] ?? '';
  const [trail, trustText] = await Promise.all([load(`/v1/trails/${id}`), load('/.well-known/witnessmark-trust')]);
  const trusted = parseTrust(typeof trustText === 'string' ? trustText : '');
  const known = trusted.ok ? trusted.value : undefined;
  auditHost.replaceChildren(auditView(known, typeof trail === 'string' ? provenIn(trail, known) : undefined));
  if (typeof trail === 'number') {
    const missing = trail === 404 || trail === 410;
    host.replaceChildren(verdictView(unprovenBecause(missing ? 'trail-not-found' : 'trail-unreachable')));
    return;
  }
  const reader = {
    trust: known ? [known] : [],
    now: Math.floor(Date.now() / 1000),
    evidenceKinds: EVIDENCE_KINDS,
    noteAlgorithms: NOTE_ALGORITHMS,
  };
  const verify = (page?: VerifyTrailInput['page']): Verdict => verifyTrail({ trail, ...reader, ...(page && { page }) });
  const alone = verify();
  const checkText = (text: string): Verdict => {
    const lines = alone.facts?.claim.output.type === 'text/markdown' ? markdownLines(text) : plainLines(text);
    const asSource = verify({ lines, bytes: bindBytes(text) });
    return asSource.content.match === 'none' ? verify({ lines: plainLines(text) }) : asSource;
  };
  const view = element('div', {}, verdictView(alone));
  const show = (verdict: Verdict): void => view.replaceChildren(verdictView(verdict));
  const image = isImage(alone);
  host.replaceChildren(
    view,
    image ? compareImageView((bytes) => verify(bytes && { bytes }), show) : compareTextView(checkText, show),
    element(
      'p',
      { class: 'note' },
      'Checked in this page, with the trust settings this log publishes about itself. A reader who wants to rely on ' +
        `witnesses of their own choice uses the extension or the command. A proof says who stands behind ${image ? 'an image' : 'a text'}, not that it is true.`,
    ),
    element('p', {}, element('a', { href: `/v1/trails/${id}`, download: `${id}.trail.json` }, 'Download the trail')),
  );
}

const host = document.getElementById('trail');
const auditHost = document.getElementById('audit');
if (host && auditHost) await start(host, auditHost);
