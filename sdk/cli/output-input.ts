/** The output that `issue` attests: a text, or an image. */
import type { TextType } from '#shared/text/text-type.ts';
import { decodeImage } from '../images/decode-image.ts';
import type { ImageDescription, TextDescription } from '../issuer/build-output.ts';
import type { Arguments, OptionSpec } from './command.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { readInput, readTextInput } from './files.ts';
import { oneOf } from './one-of.ts';
import type { Terminal } from './terminal.ts';

/** A text that is compared or attested: larger ones are no output of a model. */
export const MAX_TEXT_BYTES = 10 * 1024 * 1024;
/** An image's file: what a camera of 60 megapixels makes without loss. */
export const MAX_IMAGE_BYTES = 128 * 1024 * 1024;
const TYPES = ['text/plain', 'text/markdown'] as const satisfies readonly TextType[];

export const OUTPUT_OPTIONS = {
  text: {
    type: 'string',
    value: 'FILE',
    help: 'the output exactly as the model wrote it, unless --image is given; "-" for stdin',
  },
  image: {
    type: 'string',
    value: 'FILE',
    help: 'instead of a text: a PNG, JPEG or WebP as it is given out; "-" for stdin',
  },
  type: { type: 'string', value: 'TYPE', help: 'of a text: text/plain (default) or text/markdown' },
  'publish-text': { type: 'boolean', help: 'have the log serve the text to everybody; never without this' },
  'oblivious-fingerprints': { type: 'boolean', help: 'have the log keep names for them that only its key can make' },
  'no-fingerprints': { type: 'boolean', help: 'keep the output out of the index by which copies of it are found' },
} as const satisfies Record<string, OptionSpec>;

/** Options that say nothing about an image. */
const OF_TEXTS = ['type', 'publish-text', 'oblivious-fingerprints'] as const;

type Output = Pick<TextDescription, 'text' | 'type' | 'fingerprints' | 'publishText'> | Pick<ImageDescription, 'image'>;

/** Reads the output that the options name. */
export async function readOutput(args: Arguments, terminal: Terminal): Promise<Output> {
  const [text, image] = [args.text('text'), args.text('image')];
  if (text !== undefined && image !== undefined) {
    throw new CommandFailure(EXIT.malformed, '--text and --image exclude each other', 'Attest each by itself.');
  }
  if (image !== undefined) return readImage(image, args, terminal);
  if (text === undefined) {
    throw new CommandFailure(EXIT.malformed, '--text is missing, and so is --image', 'Name the output to attest.');
  }
  return {
    text: await readTextInput(text, 'the text', MAX_TEXT_BYTES, terminal),
    type: oneOf('type', args.text('type'), TYPES, 'text/plain'),
    fingerprints: args.flag('oblivious-fingerprints') ? 'oblivious' : !args.flag('no-fingerprints'),
    publishText: args.flag('publish-text'),
  };
}

const ADVICE = {
  'image-unsupported': 'Give a PNG, JPEG or WebP; of other formats, attest the form in which the image is given out.',
  'image-too-large': 'An image may have 67,108,864 pixels.',
  'image-malformed': 'Check that the file is whole, and that a JPEG is not in CMYK.',
} as const;
const WRONG = {
  'image-unsupported': 'is no PNG, JPEG or still WebP, whatever its name says',
  'image-too-large': 'has too many pixels',
  'image-malformed': 'cannot be decoded',
} as const;

async function readImage(path: string, args: Arguments, terminal: Terminal): Promise<Pick<ImageDescription, 'image'>> {
  const misplaced = OF_TEXTS.find((name) => args.text(name) !== undefined || args.flag(name));
  if (misplaced !== undefined) {
    throw new CommandFailure(EXIT.malformed, `--${misplaced} goes with --text`, 'Leave it out for an image.');
  }
  const bytes = await readInput(path, 'the image', MAX_IMAGE_BYTES, terminal);
  const decoded = await decodeImage(bytes);
  if (!decoded.ok) {
    const { reason, detail } = decoded;
    const said = detail === undefined ? '' : ` (${detail})`;
    throw new CommandFailure(EXIT.malformed, `the image "${path}" ${WRONG[reason]}${said}`, ADVICE[reason]);
  }
  const { type, pixels } = decoded.value;
  return { image: { bytes, type, ...(!args.flag('no-fingerprints') && { pixels }) } };
}
