/** Typed sending and receiving over the browser's runtime messages. */
import { browser } from '../platform.ts';
import type { Envelope, FromContent, FromPages, ToContent } from './protocol.ts';
import { type SenderKind, validateSender } from './validate-sender.ts';

/** A handler for each message of a direction; `from` is who asked. */
export type Handlers<Map, From> = {
  [Type in keyof Map]: Map[Type] extends { request: infer Request; response: infer Response }
    ? (request: Request, from: From) => Promise<Response>
    : never;
};

type Request<Map, Type extends keyof Map> = Map[Type] extends { request: infer R } ? R : never;
type Response<Map, Type extends keyof Map> = Map[Type] extends { response: infer R } ? R : never;

/** Sends a message from a content script; rejects when the extension was reloaded meanwhile, where the browser throws. */
export async function sendFromContent<Type extends keyof FromContent & string>(
  type: Type,
  body: Request<FromContent, Type>,
): Promise<Response<FromContent, Type>> {
  return browser.runtime.sendMessage({ type, body } satisfies Envelope);
}

/** Sends a message from one of the extension's own pages. */
export function sendFromPage<Type extends keyof FromPages & string>(
  type: Type,
  body: Request<FromPages, Type>,
): Promise<Response<FromPages, Type>> {
  return browser.runtime.sendMessage({ type, body } satisfies Envelope);
}

/** Sends a message to a tab's content script; rejects when none is there. */
export function sendToTab<Type extends keyof ToContent & string>(
  tabId: number,
  type: Type,
  body: Request<ToContent, Type>,
): Promise<Response<ToContent, Type>> {
  return browser.tabs.sendMessage(tabId, { type, body } satisfies Envelope, { frameId: 0 });
}

type Loose = Record<string, (request: unknown, from: unknown) => Promise<unknown>>;

/** Listens in the background, giving each message only to the handlers its sender may reach. */
export function receiveInBackground(
  content: Handlers<FromContent, Extract<SenderKind, { kind: 'content' }>>,
  pages: Handlers<FromPages, Extract<SenderKind, { kind: 'page' }>>,
): void {
  const own = { id: browser.runtime.id, base: browser.runtime.getURL('/') };
  browser.runtime.onMessage.addListener((message: unknown, sender, respond) => {
    const from = validateSender(sender, own);
    const table = from.kind === 'content' ? content : from.kind === 'page' ? pages : undefined;
    return answer(table as unknown as Loose | undefined, message, from, respond);
  });
}

/** Listens in a content script, for what is its own; only the extension itself can reach it. */
export function receiveInContent<Type extends keyof ToContent>(handlers: Pick<Handlers<ToContent, null>, Type>): void {
  browser.runtime.onMessage.addListener((message: unknown, sender, respond) => {
    if (sender.id !== browser.runtime.id) return undefined;
    return answer(handlers as unknown as Loose, message, null, respond);
  });
}

function answer(
  table: Loose | undefined,
  message: unknown,
  from: unknown,
  respond: (value: unknown) => void,
): true | undefined {
  if (table === undefined || typeof message !== 'object' || message === null) return undefined;
  const { type, body } = message as Envelope;
  if (typeof type !== 'string' || !Object.hasOwn(table, type)) return undefined;
  const handle = table[type];
  if (handle === undefined) return undefined;
  handle(body, from).then(respond, () => respond(null));
  return true;
}
