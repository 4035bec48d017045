/**
 * How test files are run: a few at once, and in an order in which those that wait run beside those that work.
 *
 * vitest by itself would take project after project, on two cores one file at a time: browsers would wait for each other
 * while a core has nothing to do.
 */
import { availableParallelism } from 'node:os';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** One more than cores: many files wait for a browser, a clock or a disk. */
export const MAX_WORKERS = Math.max(3, Math.min(6, availableParallelism() + 1));

/** Begun before all others: on a machine that has run nothing yet, their size would not tell how long they take. */
const LONGEST = ['worker/faults', 'e2e/extension/own-pages', 'e2e/audit', 'worker/rotation', 'worker-node/crash'];

/** One file of each project in turn, each project's longest first. Files of `shared` come last and together: they share what they load. */
export class Interleaved extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isFirst = ({ moduleId }: TestSpecification): boolean =>
      LONGEST.some((name) => moduleId.includes(`/${name}.`));
    const byProject = Map.groupBy(
      sorted.filter((file) => !isFirst(file)),
      ({ project }) => project.name,
    );
    const shared = byProject.get('shared') ?? [];
    byProject.delete('shared');
    const rounds = Math.max(0, ...[...byProject.values()].map(({ length }) => length));
    const inTurn = Array.from({ length: rounds }, (_, round) =>
      [...byProject.values()].flatMap((own) => own[round] ?? []),
    );
    return [...sorted.filter(isFirst), ...inTurn.flat(), ...shared];
  }
}
