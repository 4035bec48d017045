/** One trust document: its logs, witnesses and registrars with their fingerprints. */
import type { ComponentChildren } from 'preact';
import type { ShardEntry, TrustEntry } from '../messaging/protocol.ts';
import { say, sayShardsRefused, sayTime } from '../verification/words.ts';

export function TrustCard({ entry, children }: { entry: TrustEntry; children?: ComponentChildren }) {
  const origin =
    entry.origin === 'built-in'
      ? say('settings_built_in')
      : entry.origin === 'demo'
        ? say('settings_demo')
        : entry.addedAt === undefined
          ? ''
          : say('settings_added', sayTime(entry.addedAt / 1000));
  return (
    <div class="card" data-trust={entry.origin}>
      <h3>{[...new Set(entry.logs.map(({ name }) => name))].join(', ')}</h3>
      {origin !== '' && <p class="soft small">{origin}</p>}
      <dl class="facts">
        <dt>{say('settings_log')}</dt>
        <dd>
          {entry.logs.map((log) => (
            <Key key={log.fingerprint} name={log.url ?? log.name} fingerprint={log.fingerprint} />
          ))}
        </dd>
        <dt>{say('settings_witnesses')}</dt>
        <dd>
          {entry.witnesses.map((witness) => (
            <Key key={witness.fingerprint} {...witness} />
          ))}
        </dd>
        <dt>{say('settings_quorum')}</dt>
        <dd>{quorum(entry)}</dd>
        <dt>{say('settings_registrar')}</dt>
        <dd>
          {entry.registrars.map((registrar) => (
            <Key key={registrar.fingerprint} name={registrar.log} fingerprint={registrar.fingerprint} />
          ))}
        </dd>
        <Shards entry={entry} />
        {entry.validUntil !== undefined && (
          <>
            <dt>{say('settings_until')}</dt>
            <dd>{sayTime(entry.validUntil)}</dd>
          </>
        )}
      </dl>
      {children}
    </div>
  );
}

function Key({ name, fingerprint }: { name: string; fingerprint: string }) {
  return (
    <div>
      {name}
      <div class="mono soft">{fingerprint}</div>
    </div>
  );
}

function Shards({ entry: { shards, shardsRefused } }: { entry: TrustEntry }) {
  if (shards === undefined && shardsRefused === undefined) return null;
  return (
    <>
      <dt>{say('settings_shards')}</dt>
      <dd data-part="shards">
        {shards?.map((shard) => (
          <div key={shard.name} data-shard={shard.state}>
            <Key name={`${shard.name} · ${stateOf(shard)}`} fingerprint={shard.fingerprint} />
          </div>
        ))}
        {shardsRefused !== undefined && <p class="note">{sayShardsRefused(shardsRefused)}</p>}
      </dd>
    </>
  );
}

function stateOf({ state, size }: ShardEntry): string {
  return state === 'frozen' ? say('settings_shard_frozen', size ?? 0) : say(`settings_shard_${state}`);
}

function quorum({ quorum: name, witnesses }: TrustEntry): string {
  if (name === 'none') return say('settings_quorum_none');
  const single = witnesses.find((witness) => witness.name === name);
  return single === undefined ? say('settings_quorum_named', name) : single.name;
}
