/**
 * How surely a picture is found after what happens to pictures on the web, and that nothing else is: each attack on each
 * picture, through the index keys and then the comparison, beside average and difference hash at their best threshold
 * without a false match. `npm run bench:images -- --pictures FOLDER` adds the JPEG, PNG and WebP files of a folder.
 */
import { basename } from 'node:path';
import { compareImages } from '#shared/image/compare-images.ts';
import { imageKeys, imageProbes, MIN_IMAGE_HITS } from '#shared/image/image-keys.ts';
import { type HashedImage, type Pixels, pdqHash } from '#shared/image/pdq.ts';
import { seededRandom } from './attacks/random.ts';
import { medianMicroseconds } from './median.ts';
import { type AlbumPicture, album } from './pictures/album.ts';
import { PICTURE_ATTACKS } from './pictures/attacks.ts';
import { bitsApart, PICTURE_BASELINES } from './pictures/baselines.ts';
import { HARD_KINDS, hardPicture } from './pictures/generated.ts';
import { resized } from './pictures/geometry.ts';
import { machine, type Row, report, row } from './report.ts';

const GENERATED = 600;
/** Attacked pictures of each origin. */
const MAX_QUERIES = 40;
/** Generated ones are smoother: some come under the least quality when they are made a little darker. */
const MOST_GOAL_OF_GENERATED = 0.9;
const OF_EACH_HARD_KIND = 40;
const DISTANCES = [10, 20, 31, 40, 50, 60, 70, 80];
/** What the keys are made for: so many attested pictures, a page with so many, filters that err so often. */
const [ATTESTED, PAGE_PICTURES, FILTER_ERROR] = [1e6, 50, 2 ** -16];
const KEY_BITS = 36;

/** An attested picture as the index and the comparison hold it. */
interface Attested {
  readonly picture: AlbumPicture;
  readonly hash: Uint8Array;
  readonly others: readonly Uint8Array[];
}

/** One attacked picture and what became of it. */
interface Outcome {
  readonly attack: string;
  readonly isGenerated: boolean;
  /** From its original; nothing where it has no hash any more. */
  readonly distance: number | undefined;
  /** Whether the keys led to it. */
  readonly isCandidate: boolean;
  readonly isFound: boolean;
  /** By each baseline: bits apart from its original. */
  readonly apart: readonly number[];
}

const othersOf = (pixels: Pixels): Uint8Array[] => PICTURE_BASELINES.map(({ hash }) => hash(pixels));

/** Everything seen in a run. */
class Run {
  readonly attested: Attested[] = [];
  readonly outcomes: Outcome[] = [];
  /** Files with the hash of an earlier one: the same picture twice. */
  copies = 0;
  withoutHash = 0;
  unrelatedPairs = 0;
  /** Pairs of unrelated pictures that are as near or nearer, by distance. */
  readonly strangers = new Map(DISTANCES.map((distance) => [distance, 0]));
  nearest = Number.POSITIVE_INFINITY;
  falseMatches = 0;
  falseCandidates = 0;
  /** The least bits apart of unrelated pictures, by each baseline. */
  readonly apart = PICTURE_BASELINES.map(() => Number.POSITIVE_INFINITY);
  readonly #index = new Map<string, number[]>();

  async attest(picture: AlbumPicture): Promise<void> {
    const pixels = await picture.load();
    if (pixels === undefined) return;
    const hashed = pdqHash(pixels);
    if (hashed === undefined) {
      this.withoutHash++;
      return;
    }
    if (this.attested.some(({ hash }) => compareImages(hash, hashed.hash).distance === 0)) {
      this.copies++;
      return;
    }
    for (const key of imageKeys(hashed.hash)) {
      const places = this.#index.get(key);
      if (places === undefined) this.#index.set(key, [this.attested.length]);
      else places.push(this.attested.length);
    }
    this.attested.push({ picture, hash: hashed.hash, others: othersOf(pixels) });
  }

  /** What the index answers, where enough keys hit for asking. */
  #candidates({ hash, margins }: HashedImage): ReadonlySet<number> {
    const hits = imageProbes(hash, margins).filter((probe) => this.#index.has(probe));
    if (hits.length < MIN_IMAGE_HITS) return new Set();
    return new Set(hits.flatMap((hit) => this.#index.get(hit) ?? []));
  }

  /** Looks a changed picture up as a reader would. */
  query(attack: string, place: number, pixels: Pixels): void {
    const own = this.attested[place] as Attested;
    const hashed = pdqHash(pixels);
    const others = othersOf(pixels);
    const candidates = hashed === undefined ? new Set<number>() : this.#candidates(hashed);
    const compared = hashed === undefined ? undefined : compareImages(own.hash, hashed.hash);
    this.outcomes.push({
      attack,
      isGenerated: own.picture.isGenerated,
      distance: compared?.distance,
      isCandidate: candidates.has(place),
      isFound: candidates.has(place) && compared?.similar === true,
      apart: others.map((bits, n) => bitsApart(bits, own.others[n] as Uint8Array)),
    });
    for (const [other, stranger] of this.attested.entries()) {
      if (other === place) continue;
      for (const [n, bits] of others.entries()) {
        this.apart[n] = Math.min(this.apart[n] as number, bitsApart(bits, stranger.others[n] as Uint8Array));
      }
      if (hashed === undefined) continue;
      this.unrelatedPairs++;
      const { distance, similar } = compareImages(stranger.hash, hashed.hash);
      this.nearest = Math.min(this.nearest, distance);
      for (const most of DISTANCES) if (distance <= most) this.strangers.set(most, (this.strangers.get(most) ?? 0) + 1);
      if (similar) this.falseMatches++;
      if (candidates.has(other)) this.falseCandidates++;
    }
  }

  rows(name: string, of: readonly Outcome[], goal?: number): Row[] {
    if (of.length === 0) return [];
    const share = (is: (outcome: Outcome) => boolean): number => of.filter(is).length / of.length;
    const theirs = PICTURE_BASELINES.map((_, n) =>
      share(({ apart }) => (apart[n] as number) < (this.apart[n] as number)),
    );
    const peer = PICTURE_BASELINES.map(({ name: own }, n) => `${own} ${(theirs[n] as number).toFixed(3)}`).join(', ');
    const found = share(({ isFound }) => isFound);
    return [
      row(`${name}, of ${of.length}`, 'recall', found, {
        peer,
        peerValue: Math.max(...theirs),
        ...(goal !== undefined && { goal, atLeast: true }),
      }),
    ];
  }
}

/** Recall over the attacks with a goal and false matches, were the threshold another, and what the keys cost. */
function curve(run: Run): void {
  const claimed = new Set(PICTURE_ATTACKS.filter(({ goal }) => goal !== undefined).map(({ name }) => name));
  const of = run.outcomes.filter(({ attack }) => claimed.has(attack));
  console.log('\nbits apart at most · recall by keys and comparison · by comparison alone · unrelated pairs as near');
  for (const most of DISTANCES) {
    const near = of.filter(({ distance = 256 }) => distance <= most);
    const both = near.filter(({ isCandidate }) => isCandidate).length;
    const shares = [both, near.length].map((count) => (count / of.length).toFixed(4));
    console.log(`${String(most).padEnd(3)} ${shares.join(' ')} ${run.strangers.get(most)}`);
  }
}

/** Pictures that perceptual hashes are bad at. */
function hardRows(): Row[] {
  return Object.keys(HARD_KINDS).flatMap((kind) => {
    const hashes = Array.from({ length: OF_EACH_HARD_KIND }, (_, n) => pdqHash(hardPicture(kind, n))?.hash).filter(
      (hash) => hash !== undefined,
    );
    const pairs = hashes.flatMap((one, n) => hashes.slice(n + 1).map((other) => compareImages(one, other)));
    return [
      row(`${kind}: has a hash`, 'share', hashes.length / OF_EACH_HARD_KIND),
      ...(pairs.length > 0
        ? [
            row(
              `${kind}: unrelated pairs called similar`,
              'share',
              pairs.filter(({ similar }) => similar).length / pairs.length,
            ),
            row(`${kind}: nearest unrelated pair`, 'bits', Math.min(...pairs.map(({ distance }) => distance))),
          ]
        : []),
    ];
  });
}

/** Poisson: the chance of `least` hits or more among `probes`, where key bits of unrelated pictures are independent. */
function chanceOfAsking(probes: number, least: number): number {
  const mean = probes * (ATTESTED / 2 ** KEY_BITS + FILTER_ERROR);
  let [term, below] = [Math.exp(-mean), 0];
  for (let hits = 0; hits < least; hits++) {
    below += term;
    term *= mean / (hits + 1);
  }
  return 1 - below;
}

function costRows(picture: Pixels): Row[] {
  const { hash, margins } = pdqHash(picture) as HashedImage;
  const probes = imageProbes(hash, margins).length;
  const large = resized(picture, 4000, 3000);
  const page = (least: number): number => 1 - (1 - chanceOfAsking(probes, least)) ** PAGE_PICTURES;
  return [
    row('index keys of an attested picture', 'keys', imageKeys(hash).length),
    row('probes of a reader’s picture', 'probes', probes),
    row('a page of 50 unattested pictures asks, 10^6 attested, by arithmetic', 'share', page(MIN_IMAGE_HITS), {
      peer: 'were one hit enough',
      peerValue: page(1),
      goal: 0.01,
    }),
    row('hash of 12 megapixels', 'ms', medianMicroseconds(() => pdqHash(large)) / 1000),
    row('probes of one picture', 'ms', medianMicroseconds(() => imageProbes(hash, margins)) / 1000),
  ];
}

export async function imagesBench({ pictures }: { pictures?: string }): Promise<void> {
  const run = new Run();
  for (const picture of album(GENERATED, pictures)) await run.attest(picture);
  const asked = new Map<boolean, number>();
  for (const [place, { picture }] of run.attested.entries()) {
    const count = asked.get(picture.isGenerated) ?? 0;
    const pixels = count < MAX_QUERIES ? await picture.load() : undefined;
    if (pixels === undefined) continue;
    asked.set(picture.isGenerated, count + 1);
    for (const { name, apply } of PICTURE_ATTACKS) {
      run.query(name, place, await apply(pixels, seededRandom(`${name} ${picture.name}`)));
    }
  }
  curve(run);
  const isIn = (name: string, generated: boolean) => (each: Outcome) =>
    each.attack === name && each.isGenerated === generated;
  const rows = [
    row('pictures', 'pictures', run.attested.length),
    row('without a hash, not counted', 'pictures', run.withoutHash),
    row('the same picture again, not counted', 'pictures', run.copies),
    row('unrelated pairs', 'pairs', run.unrelatedPairs, { goal: 1e6, atLeast: true }),
    row('false matches', 'pairs', run.falseMatches, { goal: 0 }),
    row('candidates that are not', 'pairs', run.falseCandidates, { goal: 0 }),
    row('nearest unrelated pair', 'bits', run.nearest),
    ...[false, true].flatMap((isGenerated) =>
      PICTURE_ATTACKS.flatMap(({ name, goal }) =>
        run.rows(
          isGenerated ? `generated: ${name}` : name,
          run.outcomes.filter(isIn(name, isGenerated)),
          goal !== undefined && isGenerated ? Math.min(goal, MOST_GOAL_OF_GENERATED) : goal,
        ),
      ),
    ),
    ...hardRows(),
    ...costRows(hardPicture('page of text', 0)),
  ];
  report(
    'images',
    rows,
    pictures === undefined ? machine() : `${machine()}, generated pictures and those of ${basename(pictures)}`,
  );
}
