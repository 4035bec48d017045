/** What was attested beside what stands on the page, with everything that was left out. */
import type { Difference, DifferencePiece, LeftOut } from '../verification/difference.ts';
import { say } from '../verification/words.ts';

export function DifferenceTable({ difference }: { difference: Difference }) {
  const { before, rows, after, cut } = difference;
  return (
    <section class="stack" aria-labelledby="difference-title">
      <h2 id="difference-title">{say('difference_title')}</h2>
      <table class="difference">
        <thead>
          <tr>
            <th scope="col">{say('difference_attested')}</th>
            <th scope="col">{say('difference_here')}</th>
          </tr>
        </thead>
        <tbody>
          {before !== undefined && <Missing leftOut={before} words={say('difference_before', before.words)} />}
          {rows.map((row, n) =>
            'leftOut' in row ? (
              <Missing key={n} leftOut={row.leftOut} words={say('difference_between', row.leftOut.words)} />
            ) : (
              <tr key={n}>
                <td>
                  <Pieces pieces={row.attested} here={false} />
                </td>
                <td>
                  <Pieces pieces={row.here} here />
                </td>
              </tr>
            ),
          )}
          {after !== undefined && <Missing leftOut={after} words={say('difference_after', after.words)} />}
        </tbody>
      </table>
      {cut && <p class="soft small">{say('difference_cut')}</p>}
      <p class="soft small">{say('difference_folded')}</p>
    </section>
  );
}

/** Words that stand on the left only; closed, because they may be long. */
function Missing({ leftOut, words }: { leftOut: LeftOut; words: string }) {
  return (
    <tr class="left-out">
      <td>
        <details>
          <summary>{words}</summary>
          <p>{leftOut.text}</p>
        </details>
      </td>
      <td class="soft">{say('difference_not_here')}</td>
    </tr>
  );
}

/** Marked by lines as well as colour, and said in words to those who see neither. */
function Pieces({ pieces, here }: { pieces: readonly DifferencePiece[]; here: boolean }) {
  return (
    <>
      {pieces.map(({ kind, text }, n) => {
        if (kind === 'same') return `${text} `;
        const said = say(kind === 'moved' ? 'difference_moved' : here ? 'difference_new' : 'difference_gone');
        const Tag = kind === 'moved' ? 'span' : here ? 'ins' : 'del';
        return (
          <>
            <Tag key={n} class={kind}>
              <span class="visually-hidden">{said} </span>
              {text}
            </Tag>{' '}
          </>
        );
      })}
    </>
  );
}
