/** The engraving on top of each story: a wheel train drawn from the story's name, so that no two are alike. */

const WIDTH = 640;
const HEIGHT = 400;

function random(seed: string): () => number {
  let state = 2166136261;
  for (const char of seed) state = Math.imul(state ^ char.charCodeAt(0), 16777619);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

const at = (x: number, y: number, r: number, angle: number): string =>
  `${(x + r * Math.cos(angle)).toFixed(1)} ${(y + r * Math.sin(angle)).toFixed(1)}`;

function wheel(x: number, y: number, r: number, teeth: number, spokes: number, turn: number): string {
  const step = (2 * Math.PI) / teeth;
  const tooth = Math.min(14, r * 0.12);
  let rim = '';
  for (let i = 0; i < teeth; i++) {
    const a = turn + i * step;
    rim += `${i === 0 ? 'M' : 'L'}${at(x, y, r, a)}L${at(x, y, r, a + step * 0.45)}L${at(x, y, r + tooth, a + step * 0.62)}L${at(x, y, r + tooth, a + step * 0.78)}`;
  }
  const arms = Array.from({ length: spokes }, (_, i) => {
    const a = turn + (i * 2 * Math.PI) / spokes;
    return `M${at(x, y, r * 0.2, a)}L${at(x, y, r * 0.84, a)}`;
  }).join('');
  const circle = (radius: number): string => `<circle cx="${x}" cy="${y}" r="${radius.toFixed(1)}"/>`;
  return `<path d="${rim}Z"/>${circle(r * 0.84)}${circle(r * 0.2)}${circle(r * 0.07)}<path d="${arms}"/>`;
}

/** An SVG that carries no information. */
export function plate(seed: string): string {
  const next = random(seed);
  const wheels: string[] = [];
  let x = 110 + next() * 60;
  let y = 130 + next() * 120;
  let r = 70 + next() * 40;
  for (let i = 0; i < 4; i++) {
    wheels.push(wheel(x, y, r, Math.round(r / 4.2), 4 + Math.floor(next() * 4), next() * Math.PI));
    const following = 46 + next() * 66;
    const up = y > HEIGHT / 2 ? -1 : 1;
    const away = up * (0.15 + next() * 0.75);
    // Teeth mesh: the distance of two axles is the sum of the radii and one tooth.
    const reach = r + following + Math.min(14, Math.max(r, following) * 0.12);
    x += reach * Math.cos(away);
    y += reach * Math.sin(away);
    r = following;
  }
  return `<svg class="plate" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6">${wheels.join('')}</svg>`;
}
