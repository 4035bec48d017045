/** The forms by which a reader compares what was seen elsewhere with what was attested. Nothing given leaves the page. */
import { compareImages, type ImageLikeness } from '#shared/image/compare-images.ts';
import { MAX_PIXELS, type Pixels, pdqHash } from '#shared/image/pdq.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { element } from './dom.ts';
import { headline, likenessWords } from './words.ts';

/** Shows a verdict on the whole page. */
type Show = (verdict: Verdict) => void;

function differences({ content }: Verdict): Node[] {
  if (content.differing.length === 0) return [];
  const passages = content.differing.map(({ text }) => element('li', {}, text.slice(0, 500)));
  return [element('h3', {}, 'Not attested'), element('ul', {}, ...passages)];
}

/** The form that compares pasted text with the attested passages. */
export function compareTextView(check: (text: string) => Verdict, show: Show): HTMLElement {
  const field = element('textarea', { id: 'text', rows: '8', maxlength: '200000' });
  const found = element('div', { 'aria-live': 'polite' });
  const compare = element('button', { type: 'submit' }, 'Compare');
  const form = element(
    'form',
    { class: 'compare' },
    element('label', { for: 'text' }, 'Paste the text you read; it stays in this page.'),
    field,
    compare,
    found,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const verdict = check(field.value);
    show(verdict);
    found.replaceChildren(element('p', {}, headline(verdict)), ...differences(verdict));
  });
  return form;
}

/**
 * The form that compares an image file with the attested one: its bytes, and where these are others, its looks.
 *
 * @param check - without bytes, judges the trail alone
 */
export function compareImageView(check: (bytes?: Uint8Array) => Verdict, show: Show): HTMLElement {
  const field = element('input', { id: 'image', type: 'file', accept: 'image/*' });
  const found = element('div', { 'aria-live': 'polite' });
  field.addEventListener('change', async () => {
    // What was said of one file is not left standing beside another.
    show(check());
    found.replaceChildren();
    const file = field.files?.[0];
    if (!file) return;
    const bytes = await file.arrayBuffer().catch(() => undefined);
    const verdict = bytes && check(new Uint8Array(bytes));
    const isOther = verdict?.verdict === 'unproven' && verdict.content.match === 'none';
    const attested = isOther ? verdict.facts?.claim.output.match?.hash : undefined;
    const likeness = attested && (await likenessOf(attested, file));
    if (field.files?.[0] !== file) return;
    if (verdict) show(verdict);
    found.replaceChildren(
      element('p', {}, verdict ? headline(verdict) : 'The file cannot be read.'),
      ...(likeness ? [element('p', {}, likenessWords(likeness))] : []),
    );
  });
  return element(
    'form',
    { class: 'compare' },
    element('label', { for: 'image' }, 'Choose the image you saw; it stays in this page.'),
    field,
    found,
  );
}

/** Nothing where the browser cannot decode the file, or it has no hash. */
async function likenessOf(attested: Uint8Array, file: Blob): Promise<ImageLikeness | undefined> {
  const pixels = await decoded(file).catch(() => undefined);
  const shown = pixels && pdqHash(pixels);
  return shown && compareImages(attested, shown.hash);
}

async function decoded(file: Blob): Promise<Pixels | undefined> {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  if (width * height > MAX_PIXELS) return undefined;
  const canvas = new OffscreenCanvas(width, height).getContext('2d', { colorSpace: 'srgb' });
  canvas?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas?.getImageData(0, 0, width, height);
}
