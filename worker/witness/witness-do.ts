/**
 * A witness's memory of one log. The check and the write happen without an await between, in one transaction, and the
 * output gate holds the answer until the write is durable: racing requests cannot roll it back.
 */
import { DurableObject } from 'cloudflare:workers';
import { authenticate, type Cosigned, type Decision, decide } from '#shared/log/add-checkpoint.ts';
import { encodeForkProof } from '#shared/log/fork-proof.ts';
import { parseWitnessRequest } from '#shared/log/witness-request.ts';
import { readWitnessConfig, type WitnessEnv } from './env.ts';

interface Row extends Record<string, SqlStorageValue> {
  size: number;
  root: ArrayBuffer;
  note: string;
  at: number;
}

/** How old a monitored checkpoint may be (tlog-witness: one hour). */
const MAX_AGE_SECONDS = 3600;

/** See the file's header. */
export class WitnessDO extends DurableObject<WitnessEnv> {
  constructor(ctx: DurableObjectState, env: WitnessEnv) {
    super(ctx, env);
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS cosigned (id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL)',
    );
  }

  #stored(): (Cosigned & { at: number }) | undefined {
    const [row] = this.ctx.storage.sql.exec<Row>('SELECT size, root, note, at FROM cosigned').toArray();
    return row && { size: row.size, root: new Uint8Array(row.root), note: row.note, at: row.at };
  }

  /** Decides and remembers. `text` has been authenticated by the worker; it is again here, where it counts. */
  addCheckpoint(text: string): Pick<Decision, 'status' | 'body'> {
    const { logs, keys } = readWitnessConfig(this.env);
    const request = parseWitnessRequest(text);
    if (!request.ok) return { status: 400, body: request.reason };
    const authentic = authenticate(request.value.checkpoint, logs);
    if ('status' in authentic) return { status: authentic.status, body: authentic.body };
    return this.ctx.storage.transactionSync(() => {
      const stored = this.#stored();
      // The clock never runs backwards in what is signed.
      const now = Math.max(Math.floor(Date.now() / 1000), stored?.at ?? 1);
      const { status, body, next, alarm } = decide(request.value, authentic, stored, keys, now);
      if (next) {
        const root = next.root.slice().buffer;
        this.ctx.storage.sql.exec(
          'INSERT OR REPLACE INTO cosigned VALUES (0, ?, ?, ?, ?)',
          next.size,
          root,
          next.note,
          now,
        );
      }
      if (alarm) {
        // What is unproven may be anybody's junk beside a genuine checkpoint: worth a line, not a file's worth.
        const proof = alarm.state === 'fork' ? { proof: encodeForkProof(alarm.proof) } : {};
        console.error(JSON.stringify({ level: 'error', event: 'fork-alarm', state: alarm.state, ...proof }));
      }
      return { status, body };
    });
  }

  /** The last cosigned checkpoint, while it is fresh. */
  checkpoint(): string | undefined {
    const stored = this.#stored();
    return stored && Date.now() / 1000 - stored.at <= MAX_AGE_SECONDS ? stored.note : undefined;
  }
}
