/** What Hono's context carries in this app. */
import type { Env } from './env.ts';

/** Bindings and per-request variables. */
export interface AppEnv {
  Bindings: Env;
  Variables: { requestId: string };
}
