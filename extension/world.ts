/** What the content scripts of one page share: they run in one world, which is the extension's and not the page's. */
import type { Finding } from './detectors/registry.ts';
import type { BadgeWords } from './messaging/protocol.ts';

interface World {
  /** Scripts that have started, by name; once the detector listens, its promise is kept. */
  detector?: Promise<void>;
  watcher?: true;
  /** What every badge says beside its verdict. */
  words?: BadgeWords;
  /** Every badge on the page: each script must know the other's from the page's own elements. */
  readonly badges: WeakSet<Node>;
  /** The detector's findings about pictures. */
  pictures?: readonly Finding[];
  /** Set by the script for pictures: there may be others now. */
  take?: () => void;
}

const scope = globalThis as { witnessmark?: World };
scope.witnessmark ??= { badges: new WeakSet() };

/** The same object in every script. */
export const world = scope.witnessmark;
