/** Styles of the in-page badge. Absolute units only: `rem` would be the page's. */
export const BADGE_CSS = `
:host { all: initial; position: absolute; z-index: 2147483000; inline-size: 0; block-size: 0; }
:host(:hover), :host(:focus-within) { z-index: 2147483001; }
:host([hidden]) { display: none; }
.wrap { position: absolute; inset-block-start: 0; inset-inline-end: 0; direction: ltr;
  --ink: #22262c; --soft: #5a616b; --paper: #fdfdfc; --rim: #c9cdd3; --alert: #9c2f12;
  font: 500 12px/1.35 ui-sans-serif, system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink); }
button { all: unset; box-sizing: border-box; display: flex; align-items: center; gap: 5px; block-size: 24px; min-inline-size: 24px;
  padding: 0 8px 0 5px; border: 1px solid var(--rim); border-radius: 12px; background: var(--paper); color: var(--ink);
  cursor: pointer; white-space: nowrap; max-inline-size: 220px; opacity: .94; }
button:hover, button[aria-expanded="true"] { border-color: var(--soft); opacity: 1; }
button:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
.label { overflow: hidden; text-overflow: ellipsis; }
svg { inline-size: 14px; block-size: 14px; flex: none; fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; }
.alert button, .alert .headline { color: var(--alert); }
.alert button { border-color: var(--alert); }
.checking svg { animation: turn 2.4s linear infinite; transform-origin: 42% 58%; }
.card { position: absolute; inset-block-start: 30px; inset-inline-end: 0; inline-size: 264px; box-sizing: border-box; padding: 12px 14px;
  border: 1px solid var(--rim); border-radius: 8px; background: var(--paper); box-shadow: 0 6px 24px rgb(0 0 0 / .14); font-weight: 400; }
.card[hidden] { display: none; }
.headline { font-weight: 600; font-size: 13px; }
.line { color: var(--soft); margin-block-start: 4px; overflow-wrap: anywhere; }
.hint { margin-block-start: 9px; padding-block-start: 8px; border-block-start: 1px solid var(--rim); color: var(--soft); }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-color-scheme: dark) {
  .wrap { --ink: #e9eaec; --soft: #a7adb6; --paper: #1f2226; --rim: #454a52; --alert: #ff9d7d; }
}
@media (prefers-reduced-motion: reduce) { .checking svg { animation: none; } }
@media (forced-colors: active) {
  .wrap { --ink: CanvasText; --soft: CanvasText; --paper: Canvas; --rim: CanvasText; --alert: CanvasText; }
  .alert button { border-width: 2px; }
}
@media print { :host { display: none; } }
`;
