/**
 * Opening and closing the document that runs replays. Chrome: an offscreen document, because a service worker may be
 * stopped while it works. Firefox: a frame of the event page, which has a document of its own.
 */
import { type Browser, browser } from '../platform.ts';
import { REPLAY_PAGE, REPLAY_PORT } from './protocol.ts';

const OPEN_MILLISECONDS = 20_000;
const url = (): string => browser.runtime.getURL(REPLAY_PAGE as '/');

interface Stage {
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const offscreen: Stage = {
  // A document left over from a stopped service worker has lost its port; it closes itself, or is closed here.
  open: async () => {
    await offscreen.close();
    await browser.offscreen.createDocument({
      url: url(),
      reasons: ['WORKERS'],
      justification: 'Runs a small AI model again, in a worker, when the reader asks for it.',
    });
  },
  close: () => browser.offscreen.closeDocument().catch(() => undefined),
};

let frame: HTMLIFrameElement | undefined;
const eventPage: Stage = {
  open: async () => {
    frame?.remove();
    frame = document.createElement('iframe');
    frame.src = url();
    document.body.append(frame);
  },
  close: async () => frame?.remove(),
};

const stage = (): Stage => (browser.offscreen === undefined ? eventPage : offscreen);

/** Opens the document and gives its port; rejects when it does not answer. */
export async function openStage(): Promise<Browser.runtime.Port> {
  const { promise, resolve, reject } = Promise.withResolvers<Browser.runtime.Port>();
  const timer = setTimeout(() => reject(new Error('the replay document did not open')), OPEN_MILLISECONDS);
  const connected = (port: Browser.runtime.Port): void => {
    const ours = port.sender?.id === browser.runtime.id && port.sender?.url === url();
    if (port.name === REPLAY_PORT && ours) resolve(port);
  };
  browser.runtime.onConnect.addListener(connected);
  try {
    await stage().open();
    return await promise;
  } finally {
    clearTimeout(timer);
    browser.runtime.onConnect.removeListener(connected);
  }
}

/** Closes the document and everything in it. */
export const closeStage = (): Promise<void> => stage().close();
