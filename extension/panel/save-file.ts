import type { Fork } from '../messaging/protocol.ts';

/** Hands the reader a file, made here and nowhere else. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The file that `witnessmark verify-fork` checks. */
export const saveForkProof = ({ file }: Fork): void =>
  saveFile('fork-proof.witnessmark.json', 'application/json', file);
