/**
 * Which hosts lie inside the reader's own machine or network. A page on the open web could not make its readers' browsers
 * ask there by itself; it must not be able to through a marker. Only the name tells: what a public name resolves to is not
 * known here.
 */

const PRIVATE_SUFFIXES = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;

/** Blocks that are not of the public internet, as first address and prefix length. */
const PRIVATE_BLOCKS: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
];

/** Whether a URL's host, as the URL parser writes it, is one that the open web has no business with. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  if (host.startsWith('[')) return isPrivateIpv6(host);
  if (/^\d+(\.\d+){3}$/.test(host)) return isPrivateIpv4(host);
  return !host.includes('.') || PRIVATE_SUFFIXES.test(host);
}

/**
 * Whether a page may have this address asked for a trail. A page inside may name hosts inside, except that only a page of
 * this machine may name this machine.
 */
export function mayName(target: URL, page: URL | null): boolean {
  if (!isPrivateHost(target.hostname)) return true;
  if (page === null || !/^https?:$/.test(page.protocol)) return false;
  if (target.hostname === page.hostname) return true;
  return isLoopback(target.hostname) ? isLoopback(page.hostname) : isPrivateHost(page.hostname);
}

const isLoopback = (hostname: string): boolean => /^(127\.[\d.]+|\[::1\]|(.+\.)?localhost)\.?$/.test(hostname);

function isPrivateIpv4(host: string): boolean {
  const address = numberOf(host);
  return PRIVATE_BLOCKS.some(([first, prefix]) => {
    const size = 2 ** (32 - prefix);
    return Math.floor(address / size) === Math.floor(numberOf(first) / size);
  });
}

/** Global unicast is 2000::/3; in it 6to4 and Teredo carry other addresses. Everything else is special. */
function isPrivateIpv6(host: string): boolean {
  return !/^\[[23][0-9a-f]{3}:/.test(host) || /^\[(2002:|2001:(0?:|:|0:))/.test(host);
}

const numberOf = (host: string): number => host.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
