/**
 * Requests that do not tell which reader makes them.
 *
 * Firefox gives every installation an address of its own and writes it into the `Origin` header of a request to a host
 * that the reader has not permitted: a name for life, told to every server. There such requests are made in a sandboxed
 * frame, which has no origin (`Origin: null`) and no access to the extension. Chrome's extensions have one address for
 * everybody, and Firefox writes none where the reader permitted the host and nothing but an address is sent: a request
 * with a body has its origin even there.
 */
import { browser } from '../platform.ts';
import { answerOver, type NamelessPart, type NamelessRequest } from './answer.ts';

const FRAME = '/nameless.html';
/** Statuses that must come without a body. */
const BODILESS = [204, 205, 304];

type Ask = (request: NamelessRequest, port: MessagePort) => void;

/** In a worker: the document that asks for it. */
let lent: Ask | undefined;
let frame: Promise<Ask> | undefined;

const tellsWho = (): boolean => globalThis.location?.protocol === 'moz-extension:';

/** Like `fetch`, of requests without a body or with a text; of the headers that came, only `Link`. */
export async function fetchNameless(url: URL, init: NamelessRequest['init'], signal: AbortSignal): Promise<Response> {
  if (!tellsWho()) return fetch(url, { ...init, signal });
  const { port1, port2 } = new MessageChannel();
  const response = received(port1, signal);
  await ask({ url: url.href, init }, port2);
  return response;
}

async function ask(request: NamelessRequest, port: MessagePort): Promise<void> {
  if (lent !== undefined) lent(request, port);
  else if (request.init.body === undefined && (await isPermitted(request.url))) await answerOver(port, request);
  else (await openFrame())(request, port);
}

function isPermitted(url: string): Promise<boolean> {
  const { protocol, hostname } = new URL(url);
  return browser.permissions.contains({ origins: [`${protocol}//${hostname}/*`] });
}

function openFrame(): Promise<Ask> {
  frame ??= new Promise((opened) => {
    const element = document.createElement('iframe');
    element.setAttribute('sandbox', 'allow-scripts');
    element.src = browser.runtime.getURL(FRAME as '/');
    element.onload = () => opened((request, port) => element.contentWindow?.postMessage(request, '*', [port]));
    document.body.append(element);
  });
  return frame;
}

/** Lets a worker ask through this document. */
export function lendTo(worker: Worker): void {
  if (!tellsWho()) return;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data, ports: [port] }: MessageEvent<NamelessRequest>) => {
    if (port !== undefined) void ask(data, port);
  };
  worker.postMessage('lent', [port2]);
}

/** In the worker: asks through what a document lent, if the message is that. */
export function borrow({ data, ports: [port] }: MessageEvent): boolean {
  if (data !== 'lent' || port === undefined) return false;
  lent = (request, answer) => port.postMessage(request, [answer]);
  return true;
}

function received(port: MessagePort, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    let body: ReadableStreamDefaultController<Uint8Array> | undefined;
    const stop = (reason: unknown): void => {
      port.postMessage('stop');
      reject(reason);
      body?.error(reason);
      body = undefined;
    };
    const stream = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        start: (controller) => {
          body = controller;
        },
        cancel: () => {
          body = undefined;
          port.postMessage('stop');
        },
      });
    signal.addEventListener('abort', () => stop(signal.reason), { once: true });
    port.onmessage = ({ data }: MessageEvent<NamelessPart>) => {
      if ('failed' in data) stop(new TypeError('no answer'));
      else if ('bytes' in data) body?.enqueue(data.bytes);
      else if ('end' in data) body?.close();
      else {
        const headers = new Headers(data.link === null ? {} : { link: data.link });
        resolve(new Response(BODILESS.includes(data.status) ? null : stream(), { status: data.status, headers }));
      }
    };
  });
}
