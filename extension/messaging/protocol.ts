/**
 * Every message the extension's parts send each other, by direction.
 *
 * In scope: names, payloads and answers; nothing else may be sent. Payloads are JSON values, so
 * that Chrome and Firefox carry them alike. Messages from a page's content script are
 * attacker-influenced (the page chose the text): the background bounds them before use.
 */

import type { Candidate } from '../discovery/climb.ts';
import type { ReplayProgress } from '../verification/replay-progress.ts';
import type { BadgeIcon, BadgeTone, Report } from '../verification/report.ts';
import type { PicturesFromContent, PicturesToContent } from './picture-protocol.ts';

/** Where an item's trail comes from. */
export type TrailSource = { readonly url: string } | { readonly inline: string };

/** A machine-readable statement without a signature (rung C). */
export interface Declaration {
  readonly value: string;
  readonly model?: string;
  readonly provider?: string;
  readonly scope: 'element' | 'page';
}

/** One thing a detector found, with the text that stands there now. */
export interface FoundItem {
  readonly id: string;
  /** The page it stands on: see {@link ToContent} `page/visit`. */
  readonly visit: number;
  readonly detector: string;
  readonly rung: 'A' | 'B' | 'C';
  readonly source?: TrailSource;
  readonly candidates?: readonly Candidate[];
  readonly declared?: Declaration;
  /** Rendered lines; absent when there is too much text to compare. */
  readonly lines?: readonly string[];
  /** Words seen there that could not be read as text. */
  readonly unread?: number;
  /** The reader asked for this check: the network is asked even where a recent copy is at hand. */
  readonly force?: true;
  /** Items whose elements enclose this one or lie within it. */
  readonly overlaps: readonly string[];
}

/** What the in-page badge shows: finished words, no logic. */
export interface BadgeView {
  readonly icon: BadgeIcon;
  readonly tone: BadgeTone;
  readonly label: string;
  readonly headline: string;
  readonly lines: readonly string[];
}

/** Words that are the same on every badge. */
export interface BadgeWords {
  readonly name: string;
  readonly checking: string;
  readonly open: string;
  readonly where: string;
}

/** What the reader selected, widened to whole paragraphs. */
export interface SelectionText {
  readonly lines: readonly string[];
  /** Words selected that could not be read as text. */
  readonly unread: number;
  readonly widened: boolean;
}

/** A log the reader added or that came with the build, as settings show it. */
export interface TrustEntry {
  readonly id: string;
  readonly origin: 'built-in' | 'demo' | 'added';
  readonly logs: readonly { name: string; fingerprint: string; url?: string }[];
  readonly witnesses: readonly { name: string; fingerprint: string }[];
  readonly registrars: readonly { log: string; fingerprint: string }[];
  readonly quorum: string;
  readonly validUntil?: number;
  readonly addedAt?: number;
  readonly text: string;
  /** The shards of its log, oldest first, as the log's registrar has listed them. */
  readonly shards?: readonly ShardEntry[];
  /** Why the list last offered is not accepted. */
  readonly shardsRefused?: string;
}

/** A shard that follows from a trust document. */
export interface ShardEntry {
  readonly name: string;
  readonly url: string;
  readonly fingerprint: string;
  readonly state: 'open' | 'frozen' | 'forked';
  /** Of a frozen one: how many entries it ends with. */
  readonly size?: number;
}

/** What the reader chose about finding trails; without any choice nothing is asked obliviously and nobody stands between. */
export interface DiscoverySettings {
  /** Address of a relay, without a slash at the end: buckets are asked through it. */
  readonly relay?: string;
  /** Pages are also looked up where an issuer wants the index unreadable: each sends blinded values. */
  readonly oblivious: boolean;
}

/** The same as the reader types it: an empty relay is none. */
export interface DiscoveryChoice {
  readonly relay: string;
  readonly oblivious: boolean;
}

/** A log frozen after it showed two histories. */
export interface Fork {
  readonly origin: string;
  /** Unix seconds. */
  readonly at: number;
  /** The fork proof file: both signed notes and what shows that they cannot be of one tree. */
  readonly file: string;
}

/** Either a value or a message key saying why not. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** A stretch of those that were read, and the records that may be of it. */
export interface Recognised {
  readonly stretch: number;
  readonly candidates: readonly Candidate[];
}

/** From a page's content script to the background. */
export interface FromContent extends PicturesFromContent {
  'page/left': { request: { visit: number }; response: null };
  'page/started': {
    request: { fresh: boolean; visit: number };
    /** `discover`: the reader allowed it to look up what stands on this site. */
    response: { headerTrails: readonly string[]; discover: boolean; words: BadgeWords };
  };
  'scan/read': {
    /** Stretches of text, each of blocks, each of lines. */
    request: { visit: number; stretches: readonly (readonly (readonly string[])[])[] };
    /** `off`: discovery is no longer allowed here. */
    response: { found: readonly Recognised[]; off?: true };
  };
  'scan/compare': {
    /** What stands around a recognised stretch: blocks, each of lines. */
    request: { candidates: readonly Candidate[]; blocks: readonly (readonly string[])[] };
    /** First and last of the blocks in which attested words stand. */
    response: { from: number; to: number } | null;
  };
  /** So many frames of other sites have come into view, whose text was not read. */
  'scan/foreign': { request: { visit: number; frames: number }; response: null };
  'item/check': { request: FoundItem; response: BadgeView | null };
  'item/changed': { request: { id: string; visit: number }; response: null };
  'item/removed': { request: { id: string; visit: number }; response: null };
  'badge/activated': { request: { id: string }; response: { opened: boolean } };
}

/** From the side panel and the settings page to the background. */
export interface FromPages {
  'page/check': { request: { tabId: number }; response: Answer<null> };
  'page/reveal': { request: { tabId: number; id: string }; response: null };
  'selection/check': { request: { tabId: number }; response: Answer<null> };
  /** The reader allowed a host: pictures that could not be read may be read now. */
  'picture/again': { request: { tabId: number }; response: null };
  /** Allows discovery on a tab's site, or takes that back. */
  'discovery/set': { request: { tabId: number; host: string; on: boolean }; response: null };
  'proof/check': { request: { trail: string; text?: string }; response: Report };
  'proof/raw': { request: { tabId: number; id: string }; response: Answer<string> };
  'replay/run': { request: { tabId: number; id: string }; response: Answer<ReplayProgress> };
  'trust/list': { request: null; response: readonly TrustEntry[] };
  'trust/preview': { request: { text: string } | { origin: string }; response: Answer<TrustEntry> };
  'trust/add': { request: { text: string }; response: Answer<null> };
  'trust/remove': { request: { id: string }; response: null };
  'forks/list': { request: null; response: readonly Fork[] };
  'forks/clear': { request: { origin: string }; response: null };
  'discovery/settings': { request: null; response: DiscoverySettings };
  'discovery/choose': { request: DiscoveryChoice; response: Answer<null> };
  'cache/clear': { request: null; response: null };
}

/** From the background to a page's content script. */
export interface ToContent extends PicturesToContent {
  /** Which page of its tab this is: a number no other page of the tab has. */
  'page/visit': { request: null; response: number };
  'page/rescan': { request: null; response: null };
  'selection/read': { request: null; response: SelectionText | null };
  'discovery/set': { request: { on: boolean }; response: null };
  'item/reveal': { request: { id: string }; response: null };
  'item/show': { request: { id: string; view: BadgeView }; response: null };
}

/** Any message as it travels. */
export interface Envelope {
  readonly type: string;
  readonly body: unknown;
}
