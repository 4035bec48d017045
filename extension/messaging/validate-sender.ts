/**
 * Who may send what. The extension accepts messages from itself only, and knows a content script
 * (lives in a tab, at a web address) from one of its own pages (lives at the extension's address).
 */

/** The part of a sender that decides. */
export interface Sender {
  readonly id?: string | undefined;
  readonly url?: string | undefined;
  readonly frameId?: number | undefined;
  readonly tab?: { readonly id?: number | undefined } | undefined;
}

/** Who a message is from. */
export type SenderKind = { kind: 'content'; tabId: number; url: string } | { kind: 'page' } | { kind: 'stranger' };

/** Classifies a sender; everything that is not certainly ours is a stranger. */
export function validateSender(sender: Sender, own: { id: string; base: string }): SenderKind {
  if (sender.id !== own.id || sender.url === undefined) return { kind: 'stranger' };
  if (sender.url.startsWith(own.base)) return { kind: 'page' };
  const tabId = sender.tab?.id;
  if (tabId === undefined || sender.frameId !== 0) return { kind: 'stranger' };
  if (!/^(https?|file):/.test(sender.url)) return { kind: 'stranger' };
  return { kind: 'content', tabId, url: sender.url };
}
