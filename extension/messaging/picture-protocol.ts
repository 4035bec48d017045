/** What the script for pictures and the background say to each other. See `protocol.ts` for the rest. */
import type { Candidate } from '../discovery/climb.ts';
import type { BadgeView, TrailSource } from './protocol.ts';

/** A picture as it is drawn, reduced to at most 512 pixels a side: the brightness of each, over white, row by row. */
export interface DrawnPicture {
  readonly width: number;
  readonly height: number;
  /** One byte a pixel, in base64. */
  readonly luma: string;
}

/** A picture as it stands on a page. */
export interface ShownPicture {
  /** Where its file is; empty where that is the page itself (`data:`, `blob:`). */
  readonly address: string;
  /** Absent where the page, and so its content script, may not read the pixels. */
  readonly drawn?: DrawnPicture;
  /** SHA-256 of its file in hexadecimal: only where what is drawn is that file, pixel for pixel. */
  readonly digest?: string;
}

/** A picture to be verified: one that names its trail, or one that may be of some records. */
export interface FoundPicture {
  readonly id: string;
  readonly visit: number;
  readonly detector: string;
  /** What the page says is on it. */
  readonly alt: string;
  readonly picture: ShownPicture;
  readonly source?: TrailSource;
  readonly candidates?: readonly Candidate[];
  readonly force?: true;
}

/** From a page's script for pictures to the background; `picture/marked` is the detector's. */
export interface PicturesFromContent {
  /** Pictures that name their trail stand here: the script for pictures is needed. */
  'picture/marked': { request: null; response: null };
  'picture/read': {
    request: { visit: number; picture: ShownPicture };
    /** `off`: discovery is no longer allowed here. `closed`: neither page nor extension may read it. */
    response: { candidates: readonly Candidate[]; off?: true; closed?: true };
  };
  'picture/check': { request: FoundPicture; response: BadgeView | null };
}

/** From the background to a page's script for pictures. */
export interface PicturesToContent {
  'picture/discover': { request: { on: boolean }; response: null };
  /** The extension may read pictures of another host now. */
  'picture/again': { request: null; response: null };
  /** The reader asks about the picture with this address. */
  'picture/pick': { request: { address: string }; response: { picture: ShownPicture; alt: string } | null };
}
