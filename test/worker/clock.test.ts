import { afterEach, expect, test, vi } from 'vitest';
import { coseKey } from '#shared/attestation/key.ts';
import { parseStatement } from '#shared/attestation/statement.ts';
import type { KeyEvent } from '#shared/claim/key-event.ts';
import { prepareKeyEvent } from '../../worker/issuers/key-events.ts';
import { CHECKPOINT_KEY, readEntry } from '../../worker/storage/log-store.ts';
import { writesOf } from './support/faults.ts';
import { type LogUnderTest, withLog } from './support/log-under-test.ts';
import { config, ISSUER, issuerKey, issuerKid, submissionOf } from './support/submissions.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const NOW = 1_800_000_000_000;
const setClock = (ms: number): unknown => vi.spyOn(Date, 'now').mockReturnValue(ms);

async function logEvent(log: LogUnderTest, action: KeyEvent['action']): Promise<number> {
  const event: KeyEvent = {
    action,
    issuer: ISSUER,
    kid: issuerKid,
    ...(action === 'add' && { key: coseKey(issuerKey.publicKey) }),
  };
  const issued = { issuedAt: log.sequencer.eventTime(), subject: action };
  const { submission } = prepareKeyEvent(config, event, issuerKey.publicKey, issued);
  const [index = -1] = await log.submitUntilLogged([submission]);
  return index;
}

async function issuedAt(log: LogUnderTest, index: number): Promise<number> {
  const entry = await readEntry(log.stored, index, log.stored.visibleSize);
  const statement = entry && parseStatement(entry);
  if (!statement?.ok) throw new Error('no statement');
  return statement.value.issuedAt;
}

test('I7: a clock that goes backwards never lowers the time in the log’s own statements', async () => {
  await withLog(async (log) => {
    setClock(NOW);
    const added = await logEvent(log, 'add');
    setClock(NOW - 3_600_000);
    const quarantined = await logEvent(log, 'quarantine');
    log.restart();
    const reinstated = await logEvent(log, 'reinstate');
    const times = await Promise.all([added, quarantined, reinstated].map((index) => issuedAt(log, index)));
    expect(times).toEqual([NOW / 1000, NOW / 1000, NOW / 1000]);
    await log.check();
  });
});

test('ages are never negative, and an idle log is not behind when its next entry arrives', async () => {
  await withLog(async (log) => {
    setClock(NOW);
    await log.sequencer.ready();
    setClock(NOW - 3_600_000);
    expect(await log.sequencer.ready()).toMatchObject({ checkpointAgeSeconds: 0, behindSeconds: 0 });
    setClock(NOW + 3_600_000);
    log.faults.decide = writesOf(CHECKPOINT_KEY);
    await log.submit([submissionOf(0)]);
    expect(await log.sequencer.ready()).toMatchObject({ size: 3, publishedSize: 2, behindSeconds: 0 });
  });
});

test('a log whose checkpoint cannot be stored says for how long, through every reload', async () => {
  await withLog(async (log) => {
    setClock(NOW);
    await log.seed(2);
    log.faults.decide = writesOf(CHECKPOINT_KEY);
    await log.submit([submissionOf(0)]);
    for (const seconds of [20, 40]) {
      setClock(NOW + seconds * 1000);
      await log.sequencer.alarm();
      expect(await log.sequencer.ready()).toMatchObject({ size: 3, publishedSize: 2, behindSeconds: seconds });
    }
    log.faults.clear();
    await log.sequencer.alarm();
    expect(await log.sequencer.ready()).toMatchObject({ size: 3, publishedSize: 3, behindSeconds: 0 });
  });
});
