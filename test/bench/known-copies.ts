/**
 * Originals in the public data that share passages though nothing there says so: pieces cut from one document, an
 * author's standing formula, a quoted source. All seen by reading what matched among 36,000 texts, each pair of more than
 * thirty words in common. A match between them is none between unrelated texts.
 */
const COPIES: readonly (readonly string[])[] = [
  ['imbd-multilang imbd-Spanish-train-70', 'imbd-multilang imbd-Spanish-train-71'],
  ['imbd-multilang imbd-Spanish-test-13', 'imbd-multilang imbd-Spanish-train-72'],
  [
    'imbd-multilang imbd-Spanish-train-149',
    'imbd-multilang imbd-Spanish-train-150',
    'imbd-multilang imbd-Spanish-test-52',
  ],
  ['imbd-multilang imbd-Spanish-train-179', 'imbd-multilang imbd-Spanish-test-15'],
  ['imbd-multilang imbd-Spanish-train-26', 'imbd-multilang imbd-Spanish-train-27'],
  ['imbd-multilang imbd-Spanish-test-54', 'imbd-multilang imbd-Spanish-train-35'],
  ['imbd-multilang imbd-Spanish-train-14', 'imbd-multilang imbd-Spanish-train-15'],
  ['imbd-multilang imbd-Spanish-train-60', 'imbd-multilang imbd-Spanish-train-61'],
  ['imbd-multilang imbd-Spanish-train-259', 'imbd-multilang imbd-Spanish-train-285'],
  ['imbd-multilang imbd-Spanish-train-21', 'imbd-multilang imbd-Spanish-train-22'],
  ['imbd-multilang imbd-Spanish-train-153', 'imbd-multilang imbd-Spanish-train-154'],
  ['imbd-multilang imbd-Spanish-train-92', 'imbd-multilang imbd-Spanish-train-93'],
  ['imbd-multilang imbd-Chinese-test-83', 'imbd-multilang imbd-Chinese-train-136'],
  [
    'imbd-multilang imbd-Chinese-test-72',
    'imbd-multilang imbd-Chinese-train-73',
    'imbd-multilang imbd-Chinese-train-377',
  ],
  [
    'movie-reviews movie-reviews-cv079_11933',
    'movie-reviews movie-reviews-cv901_11934',
    'movie-reviews movie-reviews-cv906_11491',
  ],
  ['movie-reviews movie-reviews-cv251_23901', 'movie-reviews movie-reviews-cv407_23928'],
  [
    'movie-reviews movie-reviews-cv088_25274',
    'movie-reviews movie-reviews-cv113_24354',
    'movie-reviews movie-reviews-cv307_25270',
    'movie-reviews movie-reviews-cv374_25436',
  ],
  [
    'movie-reviews movie-reviews-cv372_6654',
    'movie-reviews movie-reviews-cv380_7574',
    'movie-reviews movie-reviews-cv722_7571',
    'movie-reviews movie-reviews-cv964_5794',
  ],
  ['imbd writing-88', 'imbd writing-142'],
  ['imbd writing-6', 'imbd pubmed-6'],
  ['outfox valid-270', 'outfox valid-476'],
  ['outfox test-3', 'outfox valid-172'],
];

/** Whether two originals (`CorpusText.groups`) are such copies. */
export const areCopies = (one: string, other: string): boolean =>
  COPIES.some((copies) => copies.includes(one) && copies.includes(other));
