/** What `verify` compares with the attested output: a text, or an image. */
import { type ClaimedOutput, parseClaim } from '#shared/claim/claim.ts';
import { compareImages, type ImageLikeness } from '#shared/image/compare-images.ts';
import { pdqHash } from '#shared/image/pdq.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { renderedLines, type TextType } from '#shared/text/text-type.ts';
import type { VerifyTrailInput } from '#shared/verdict/established.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { decodeImage } from '../images/decode-image.ts';
import type { Arguments, OptionSpec } from './command.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { readInput, readTextInput } from './files.ts';
import { MAX_IMAGE_BYTES, MAX_TEXT_BYTES } from './output-input.ts';
import { printable, type Terminal } from './terminal.ts';

export const COMPARED_OPTIONS = {
  text: { type: 'string', value: 'FILE', help: 'compare this text with what was attested; "-" for stdin' },
  image: { type: 'string', value: 'FILE', help: 'compare this image with what was attested; "-" for stdin' },
  type: { type: 'string', value: 'TYPE', help: "text/plain or text/markdown; the claim's own type where left out" },
} as const satisfies Record<string, OptionSpec>;

type Page = NonNullable<VerifyTrailInput['page']>;

/** What was given to compare. */
export interface Compared {
  readonly what: 'text' | 'image' | 'nothing';
  /** As the verifier takes it; a text is read as the claim says. Fails where the claim is of the other kind. */
  page(claim: Uint8Array | undefined): Promise<{ readonly page?: Page }>;
  /**
   * After `page`: how an image with other bytes looks beside the attested one; nothing where either has no hash, or where
   * what the trail attests is not true.
   */
  looks({ verdict, content }: Pick<Verdict, 'verdict' | 'content'>): Promise<ImageLikeness | undefined>;
}

/** What the options name. Fails where they contradict each other; nothing is read yet. */
export function comparedInput(args: Arguments, terminal: Terminal): Compared {
  const [text, image] = [args.text('text'), args.text('image')];
  const type = textType(args.text('type'));
  if (text !== undefined && image !== undefined) {
    throw new CommandFailure(EXIT.malformed, '--text and --image exclude each other', 'Compare one at a time.');
  }
  if (text !== undefined) return comparedText(text, type, terminal);
  if (image !== undefined) return comparedImage(image, terminal);
  if (args.flag('exact')) {
    throw new CommandFailure(EXIT.malformed, '--exact needs --text or --image', 'Name what is to be compared.');
  }
  return { what: 'nothing', page: async () => ({}), looks: async () => undefined };
}

function comparedText(path: string, type: TextType | undefined, terminal: Terminal): Compared {
  return {
    what: 'text',
    async page(claim) {
      refuseOther('text', claim);
      const text = await readTextInput(path, 'the text', MAX_TEXT_BYTES, terminal);
      return { page: { lines: renderedLines(text, type ?? claimedType(claim)), bytes: bindBytes(text) } };
    },
    looks: async () => undefined,
  };
}

function comparedImage(path: string, terminal: Terminal): Compared {
  let given: { readonly bytes: Uint8Array; readonly attested: Uint8Array | undefined } | undefined;
  return {
    what: 'image',
    async page(claim) {
      refuseOther('image', claim);
      const bytes = await readInput(path, 'the image', MAX_IMAGE_BYTES, terminal);
      given = { bytes, attested: claimed(claim)?.match?.hash };
      return { page: { bytes } };
    },
    async looks({ verdict, content }) {
      if (verdict === 'invalid' || content.match !== 'none' || given?.attested === undefined) return undefined;
      const decoded = await decodeImage(given.bytes);
      const shown = decoded.ok ? pdqHash(decoded.value.pixels) : undefined;
      return shown && compareImages(given.attested, shown.hash);
    },
  };
}

function textType(given: string | undefined): TextType | undefined {
  if (given === undefined || given === 'text/plain' || given === 'text/markdown') return given;
  throw new CommandFailure(EXIT.malformed, `--type "${given}" is unknown`, 'Give text/plain or text/markdown.');
}

function refuseOther(given: 'text' | 'image', claim: Uint8Array | undefined): void {
  const type = claimed(claim)?.type;
  const attested = type?.startsWith('image/') ? 'image' : 'text';
  if (type === undefined || attested === given) return;
  const message = `the trail is about ${attested === 'image' ? 'an image' : 'a text'} (${printable(type, 64)})`;
  throw new CommandFailure(EXIT.malformed, message, `Compare that with --${attested} FILE.`);
}

/** What the claim says of the output. What cannot be read is judged by the verifier, not here. */
function claimed(bytes: Uint8Array | undefined): ClaimedOutput | undefined {
  const claim = bytes && parseClaim(bytes);
  return claim?.ok === true ? claim.value.output : undefined;
}

const claimedType = (bytes: Uint8Array | undefined): TextType =>
  claimed(bytes)?.type === 'text/markdown' ? 'text/markdown' : 'text/plain';
