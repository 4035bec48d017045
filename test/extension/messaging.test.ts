import { describe, expect, it } from 'vitest';
import { validateSender } from '../../extension/messaging/validate-sender.ts';
import { mayFetch } from '../../extension/trails/fetch-bounded.ts';
import { isPrivateHost, mayName } from '../../extension/trails/private-host.ts';
import { nextState } from '../../extension/verification/item-state.ts';

const own = { id: 'abc', base: 'chrome-extension://abc/' };

describe('a sender', () => {
  it('is a content script only in the top frame of a tab', () => {
    const sender = { id: 'abc', url: 'https://a.example/', frameId: 0, tab: { id: 7 } };
    expect(validateSender(sender, own)).toEqual({ kind: 'content', tabId: 7, url: 'https://a.example/' });
    expect(validateSender({ ...sender, frameId: 3 }, own)).toEqual({ kind: 'stranger' });
    expect(validateSender({ ...sender, tab: undefined }, own)).toEqual({ kind: 'stranger' });
  });
  it('is one of our pages only at our address', () => {
    expect(validateSender({ id: 'abc', url: 'chrome-extension://abc/sidepanel.html' }, own)).toEqual({ kind: 'page' });
    expect(validateSender({ id: 'abc', url: 'chrome-extension://abcd/sidepanel.html' }, own)).toEqual({
      kind: 'stranger',
    });
  });
  it('from another extension, or without an address, is a stranger', () => {
    expect(validateSender({ id: 'xyz', url: 'chrome-extension://abc/sidepanel.html' }, own).kind).toBe('stranger');
    expect(validateSender({ id: 'abc' }, own).kind).toBe('stranger');
  });
});

describe('the network', () => {
  it('is asked over https only', () => {
    for (const address of [
      'http://a.example/',
      'ftp://a.example/',
      'data:text/plain,a',
      'file:///etc/passwd',
      'javascript:1',
    ]) {
      expect(mayFetch(new URL(address)), address).toBe(false);
    }
    expect(mayFetch(new URL('https://a.example/'))).toBe(true);
  });
  it('is asked on loopback only by a demo build', () => {
    expect(mayFetch(new URL('http://127.0.0.1:8787/'))).toBe(false);
    expect(mayFetch(new URL('http://127.0.0.1:8787/'), true)).toBe(true);
    expect(mayFetch(new URL('http://127.0.0.2:8787/'), true)).toBe(false);
    expect(mayFetch(new URL('http://localhost.example/'), true)).toBe(false);
  });
  it('is never asked with credentials in the address', () => {
    expect(mayFetch(new URL('https://user:secret@a.example/'))).toBe(false);
  });
});

describe('an address inside the reader’s network', () => {
  const inside = [
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://localhost/',
    'https://localhost./',
    'https://a.localhost/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://172.31.255.255/',
    'https://192.168.0.1/',
    'https://198.19.0.1/',
    'https://255.255.255.255/',
    'https://[::]/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:0:7f00:1::]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://router/',
    'https://printer.local/',
    'https://wiki.corp/',
    'https://nas.home.arpa/',
  ];
  const outside = ['https://a.example/', 'https://8.8.8.8/', 'https://172.32.0.1/', 'https://[2606:4700::1111]/'];
  it.each(inside)('%s may not be named by a page of the open web', (address) => {
    expect(isPrivateHost(new URL(address).hostname)).toBe(true);
    expect(mayName(new URL(address), new URL('https://news.example/'))).toBe(false);
    expect(mayName(new URL(address), new URL('file:///home/reader/page.html'))).toBe(false);
    expect(mayName(new URL(address), new URL(address))).toBe(true);
  });
  it.each(outside)('%s is none: every page may name it', (address) => {
    expect(isPrivateHost(new URL(address).hostname)).toBe(false);
    expect(mayName(new URL(address), new URL('https://news.example/'))).toBe(true);
    expect(mayName(new URL(address), null)).toBe(true);
  });
  it('may be named from inside, but this machine only by a page of this machine', () => {
    expect(mayName(new URL('https://log.corp/'), new URL('https://wiki.corp/'))).toBe(true);
    expect(mayName(new URL('https://127.0.0.1/'), new URL('https://wiki.corp/'))).toBe(false);
    expect(mayName(new URL('http://127.0.0.1:8787/'), new URL('http://localhost:8807/'))).toBe(true);
  });
});

describe('an item', () => {
  it('shows a verdict only for the text it was made for', () => {
    expect(nextState(nextState('found', 'check'), 'verdict')).toBe('shown');
    expect(nextState(nextState('checking', 'edit'), 'verdict')).toBe('changed');
    expect(nextState('shown', 'edit')).toBe('changed');
    expect(nextState('changed', 'check')).toBe('checking');
  });
  it('that is gone stays gone', () => {
    for (const event of ['check', 'verdict', 'edit', 'remove'] as const) expect(nextState('gone', event)).toBe('gone');
  });
});
