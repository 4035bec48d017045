/** Middleware order and mounts, nothing else. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from './app-env.ts';
import { noRoute, onError, onInvalid } from './middleware/problem.ts';
import { observed, openToReaders } from './middleware/request.ts';
import { attestations } from './routes/attestations.ts';
import { entries } from './routes/entries.ts';
import { filters } from './routes/filters.ts';
import { health } from './routes/health.ts';
import { issuers } from './routes/issuers.ts';
import { logRoutes } from './routes/log.ts';
import { lookup } from './routes/lookup.ts';
import { metrics } from './routes/metrics.ts';
import { oprf } from './routes/oprf.ts';
import { pages } from './routes/pages.ts';
import { reference } from './routes/reference.ts';
import { texts } from './routes/texts.ts';
import { trails } from './routes/trails.ts';
import { wellKnown } from './routes/well-known.ts';

export const app = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

app.use(observed);
app.use(openToReaders);
app.onError(onError);
app.notFound(noRoute(app));

for (const part of [attestations, trails, texts, entries, lookup, filters, oprf, issuers, health, metrics])
  app.route('/', part);
for (const part of [logRoutes, wellKnown, pages, reference(app)]) app.route('/', part);
