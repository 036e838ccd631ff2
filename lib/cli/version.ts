import {readFileSync} from 'node:fs';

/** As package.json says it, which lies as deep above lib/ (the clone) as above dist/ (the package). */
export const packageVersion = (): string => {
	const file = new URL('../../package.json', import.meta.url);
	return (JSON.parse(readFileSync(file, 'utf8')) as {version: string}).version;
};
