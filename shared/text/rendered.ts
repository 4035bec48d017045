/**
 * Which elements end a line and which are no text, for every reader of a tree of elements: the Markdown canonicaliser and
 * the walker over a page. Spec: docs/spec/text.md §1.
 */

/** Elements that begin and end a line whatever a style sheet says; lower-case HTML names. */
export const BLOCK_TAGS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol p plaintext pre search ' +
    'section summary table tbody tfoot thead tr ul xmp'
  ).split(' '),
);

/** Elements that stand in one line of a table row, with a space between them. */
export const CELL_TAGS: ReadonlySet<string> = new Set(['td', 'th']);

/** Elements whose content is not the page's text: code, data, replaced content, and what a reader types. */
export const SKIPPED_TAGS: ReadonlySet<string> = new Set(
  (
    'audio canvas datalist embed head iframe img input link meta noembed noframes noscript object option picture rp ' +
    'script select style svg template textarea title video'
  ).split(' '),
);
