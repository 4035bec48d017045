/** The frame of every page: no inline script or style, nothing from anywhere else, readable without script. */

/** What a page consists of; `body` is trusted HTML written in this folder's callers. */
export interface Page {
  readonly title: string;
  readonly script: string;
  readonly body: string;
}

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The thread that audits the log. */
export const AUDIT_WORKER = '/audit-worker.js';

/** A thread has the policy of its own script: this one alone may run WebAssembly, and it loads no other script. */
export const AUDIT_WORKER_CSP = "default-src 'none'; script-src 'wasm-unsafe-eval'; connect-src 'self'";

/** The whole response. */
export function page({ title, script, body }: Page): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Witnessmark</title>
<link rel="stylesheet" href="/assets/pages.css">
<script type="module" src="${script}"></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<main id="main">${body}</main>
</body>
</html>
`;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': CSP,
    'cache-control': 'public, max-age=60',
  };
  return new Response(html, { headers });
}
