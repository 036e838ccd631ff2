import {readFileSync} from 'node:fs';

/** How many files and sockets this process may have open (proc(5)); Infinity where that is not told. */
export const maxOpenFiles = (): number => {
	try {
		return limitOf(readFileSync('/proc/self/limits', 'utf8'));
	} catch {
		return Infinity;
	}
};

/** The soft limit of a table of limits; `unlimited` is one as well. */
export const limitOf = (table: string): number =>
	Number(/^Max open files\s+(\d+)/m.exec(table)?.[1] ?? Infinity);
