import {readFileSync} from 'node:fs';

/** How many files and sockets this process may have open (proc(5)); Infinity where that is not told. */
export const maxOpenFiles = (): number => {
	try {
		return limitOf(readFileSync('/proc/self/limits', 'utf8'));
	} catch {
		return Infinity;
	}
};

/** What strangers may take of them, together less than all: the rest is for cameras, HTTP and files. */
export const shares = {rtspClients: 1 / 2, rtmpClients: 1 / 8, publisherPorts: 1 / 8} as const;

/** How many files there are for these. */
export const filesFor = (what: keyof typeof shares): number =>
	Math.floor(maxOpenFiles() * shares[what]);

/** The soft limit of a table of limits; `unlimited` is one as well. */
export const limitOf = (table: string): number =>
	Number(/^Max open files\s+(\d+)/m.exec(table)?.[1] ?? Infinity);
