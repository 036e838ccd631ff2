// The addon is found from this file, which lies as deep in lib/ (the clone) as in dist/ (the package).
import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';
import {MediaError} from '../errors.ts';
import type {NativeBinding} from './binding.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Loads the addon, `SLUICE_ADDON` or the one that was built here; a failure says what to install. */
export const loadAddon = (): NativeBinding => {
	const file = process.env['SLUICE_ADDON'] ?? `${root}out/Release/sluice.node`;
	if (!existsSync(file)) throw new MediaError('NATIVE_LOAD', missingSentence(file), {file});
	try {
		return createRequire(import.meta.url)(file) as NativeBinding;
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new MediaError('NATIVE_LOAD', loadSentence(reason), {file, cause});
	}
};

const missingSentence = (file: string): string =>
	`Expected the native addon at ${file}, but there is none for ${process.platform} ${process.arch}; ` +
	`build it with \`make build\` in ${root}, or with \`node build/gyp.mjs\` where there is no CMake`;

const loadSentence = (reason: string): string =>
	`The native addon does not load (${reason}); it needs GStreamer 1.22 or newer with its plugin sets ` +
	`base, good, bad, ugly and libav: run \`${root}build/setup.sh runtime\`, or install ${packages().join(' ')} ` +
	'(names of Debian and Ubuntu)';

// build/packages.txt is the one list; a line is a word, a package and what it is for.
const packages = (): string[] => {
	const list = readFileSync(`${root}build/packages.txt`, 'utf8');
	return [...list.matchAll(/^runtime +(\S+)/gm)].flatMap(([, name]) => name ?? []);
};
