/** What every refusal of the log looks like, and whether it left anything behind. */
import { expect } from 'vitest';

interface ProblemBody {
  readonly status: number;
  readonly reason: string;
  readonly detail?: string;
}

/** Expects an RFC 9457 problem of this status and reason that names its request. */
export async function expectProblem(response: Response, status: number, reason: string): Promise<ProblemBody> {
  const body = (await response.json()) as ProblemBody;
  expect([response.status, body.reason]).toEqual([status, reason]);
  expect(body).toMatchObject({
    type: `/reference#${reason}`,
    title: expect.stringMatching(/./),
    status,
    instance: `urn:uuid:${response.headers.get('x-request-id')}`,
  });
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  return body;
}

/** How many entries the published checkpoint covers. */
export async function publishedSize(logUrl: string): Promise<number> {
  const text = await (await fetch(`${logUrl}/log/checkpoint`)).text();
  return Number(text.split('\n')[1]);
}
