/** Trail verification in Node and in Chromium, beside `@sigstore/verify` in the same run. */
import { fileURLToPath } from 'node:url';
import { inChromium } from './chromium.ts';
import { type Measured, measure } from './measure.ts';
import { medianMicroseconds } from './median.ts';
import { machine, report, row } from './report.ts';
import { sigstoreVerification } from './sigstore-bundle.ts';
import { TEXT, trailFixture } from './trail-fixture.ts';

const PEER = '@sigstore/verify in Node (own bundle: 3 P-256 signatures by OpenSSL, path of 20)';

export async function verifyBench(): Promise<void> {
  const fixture = trailFixture();
  const node = measure(fixture);
  const peerValue = medianMicroseconds(sigstoreVerification(Buffer.from(TEXT)));
  const entry = fileURLToPath(new URL('measure.ts', import.meta.url));
  const { result: chromium, version } = await inChromium<Measured>(entry, fixture);
  report(
    'verify',
    [
      row('trail in Node, first', 'µs', node.first, { peer: PEER, peerValue }),
      row('trail in Node, shared checkpoint', 'µs', node.shared, { peer: PEER, peerValue }),
      row('trail in Chromium, first', 'µs', chromium.first, { peer: PEER, peerValue, goal: 10_000 }),
      row('trail in Chromium, shared checkpoint', 'µs', chromium.shared, { peer: PEER, peerValue, goal: 10_000 }),
      row('trail document', 'bytes', fixture.trail.length),
    ],
    `${machine()}, ${version}`,
  );
}
