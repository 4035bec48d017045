/**
 * The magazine's stories: one for each way in which an output gets published, with what a reader of it must see.
 * Expectations come from what was done to the text here; what was seen comes from the extension.
 */
import type { Article, Desk } from './article.ts';
import { modelStories } from './stories-models.ts';
import { pictureStories } from './stories-pictures.ts';
import { sampleStories } from './stories-samples.ts';

/** Every story whose texts are at hand, in order; the first one leads. */
export function articles(desk: Desk): Article[] {
  return [...sampleStories(desk), ...pictureStories(desk), ...modelStories(desk)];
}
