import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLinkHeader } from '../../extension/detectors/link-header.ts';

describe('the Link header', () => {
  it('names a trail by the relation witnessmark', () => {
    expect(parseLinkHeader('<https://log.example/v1/trails/a>; rel="witnessmark"')).toEqual([
      'https://log.example/v1/trails/a',
    ]);
    expect(parseLinkHeader('</a>; rel=preload, </b>; as=x; rel="alternate witnessmark"')).toEqual(['/b']);
    expect(parseLinkHeader('</a>; REL=Witnessmark')).toEqual(['/a']);
  });
  it('is not split inside an address or a quoted value', () => {
    expect(parseLinkHeader('</a,b;c>; title="x, y; \\" z"; rel=witnessmark')).toEqual(['/a,b;c']);
  });
  it('counts only the first relation of a link', () => {
    expect(parseLinkHeader('</a>; rel=next; rel=witnessmark')).toEqual([]);
  });
  it('gives nothing for other relations, prefixes of the name, and oversized headers', () => {
    expect(parseLinkHeader('</a>; rel=witnessmark-x, </b>; rev=witnessmark, </c>')).toEqual([]);
    expect(parseLinkHeader(`</a>; rel=witnessmark;${' '.repeat(17_000)}`)).toEqual([]);
  });
  it('gives at most eight trails', () => {
    expect(parseLinkHeader(Array.from({ length: 20 }, (_, i) => `</${i}>; rel=witnessmark`).join(','))).toHaveLength(8);
  });
  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '"', '\\', ',', ';', '=', ' ', 'r', 'e', 'l', 'w') }),
        (value) => Array.isArray(parseLinkHeader(value)),
      ),
    );
  });
});

describe('every detector', () => {
  const folder = new URL('../../extension/detectors/', import.meta.url);
  const files = readdirSync(folder).filter((file) =>
    readFileSync(new URL(file, folder), 'utf8').includes('registerDetector({'),
  );
  it.each(files)('%s is loaded, carries its file name as id, and ends in test pages that exist', (file) => {
    const source = readFileSync(new URL(file, folder), 'utf8');
    expect(readFileSync(new URL('all.ts', folder), 'utf8')).toContain(`./${file}`);
    expect(source).toContain(`const ID = '${file.replace('.ts', '')}'`);
    const pages = [...(source.split('export const testPages')[1] ?? '').matchAll(/'(test\/pages\/[^']+)'/g)].map(
      ([, page]) => page,
    );
    expect(pages.length).toBeGreaterThan(0);
    for (const page of pages) expect(existsSync(new URL(`../../${page}`, import.meta.url)), page).toBe(true);
  });
});
