/** Where a log's service is: a policy names the place of the tiles, which lie below it. */

/** The service's base address: without `/log`, or `/log/<shard>`, at the end. */
export function serviceOf(tiles: string): string {
  return tiles.replace(/\/+$/, '').replace(/\/log(\/[\w.-]+)?$/, '');
}
