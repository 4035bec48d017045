/** One request answered over a message port, so that whoever may ask the network can do it for somebody who may not. */

/** What is asked for; the port it comes with carries the answer. */
export interface NamelessRequest {
  readonly url: string;
  readonly init: Omit<RequestInit, 'signal' | 'body'> & { readonly body?: string };
}

/** The answer in parts: its head, then its bytes, then its end; `failed` at any point. */
export type NamelessPart =
  | { readonly status: number; readonly link: string | null }
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly end: true }
  | { readonly failed: true };

/** Makes the request and sends the answer; any message on the port stops it. */
export async function answerOver(port: MessagePort, { url, init }: NamelessRequest): Promise<void> {
  const stopped = new AbortController();
  port.onmessage = () => stopped.abort();
  const say = (part: NamelessPart): void => port.postMessage(part);
  try {
    const { status, headers, body } = await fetch(url, { ...init, signal: stopped.signal });
    say({ status, link: headers.get('link') });
    const reader = body?.getReader();
    for (let next = await reader?.read(); next?.value; next = await reader?.read()) say({ bytes: next.value });
    say({ end: true });
  } catch {
    say({ failed: true });
  }
}
