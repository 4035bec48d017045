/** Vectors that `test/vitest.config.worker.ts` hands into workerd; null where they are not beside the repository. */
import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly edges:
      | readonly {
          readonly key: string;
          readonly sig: string;
          readonly msg: string;
          readonly flags: readonly string[] | null;
        }[]
      | null;
    readonly wycheproof: {
      readonly testGroups: readonly {
        readonly publicKey: { readonly pk: string };
        readonly tests: readonly { readonly sig: string; readonly msg: string }[];
      }[];
    } | null;
  }
}
