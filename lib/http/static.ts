import {createHash} from 'node:crypto';
import type {ServerResponse} from 'node:http';
import {readFile, stat} from 'node:fs/promises';
import {extname, join} from 'node:path';
import {MediaError} from '../errors.ts';
import {isFirstTaken, isLastTaken, isSegment} from '../util/path-words.ts';
import {answer, decodePath, requireRead} from './handler.ts';
import type {HttpHandler, HttpLogger} from './handler.ts';
import {answerUnchanged, sendBytes} from './send.ts';

export type PagesOptions = {
	/** Where the built pages are: `index.html`, `player.html`, `stats.html`, `wall.html`, `assets/`. */
	directory: string;
	logger: HttpLogger;
};

/** Serves `/`, `/stats`, `/wall`, `/<path>/` and `/assets/*`; the last of the handlers, for it takes every path that ends with a slash. */
export const createPages = ({directory, logger}: PagesOptions): HttpHandler => {
	const files = new Files(directory);
	return {
		name: 'pages',
		handle: (request, response, url) => {
			const page = pageOf(url);
			if (!page) return false;
			answer(response, logger, async () => {
				requireRead(request, response);
				if (page.type === 'redirect') return redirect(response, page.location);
				const file = await files.get(page.file);
				const headers = {...securityHeaders, ...sharedBy(page.file), ...file.headers};
				if (!answerUnchanged(request, response, headers))
					sendBytes(request, response, {body: file.body, headers});
			});
			return true;
		},
	};
};

type Page = {type: 'file'; file: string} | {type: 'redirect'; location: string};

const pageOf = (url: URL): Page | undefined => {
	const segments = decodePath(url) ?? [];
	const last = segments.pop();
	if (last === undefined) return undefined;
	if (segments.length === 0 && last === '') return {type: 'file', file: 'index.html'};
	if (segments.length === 0 && ['stats', 'wall'].includes(last))
		return {type: 'file', file: `${last}.html`};
	if (segments.length === 0 && last === 'favicon.ico')
		return {type: 'file', file: 'assets/favicon.svg'};
	if (segments.length === 1 && segments[0] === 'assets')
		return /^[\w-][\w.-]*$/.test(last) ? {type: 'file', file: `assets/${last}`} : undefined;
	if (!isName(last === '' ? segments : [...segments, last])) return undefined;
	if (last === '') return {type: 'file', file: 'player.html'};
	return {type: 'redirect', location: `./${encodeURIComponent(last)}/${url.search}`};
};

const isName = (segments: readonly string[]): boolean =>
	!isFirstTaken(segments[0] ?? '') && !isFile(segments.at(-1) ?? '') && segments.every(isSegment);

/** Of a stream: what is asked for there and is not served is no page. */
const isFile = (segment: string): boolean =>
	isLastTaken(segment) || /\.(m3u8|m4s|mp4|ts)$/.test(segment);

const redirect = (response: ServerResponse, location: string): void => {
	response.writeHead(302, {location, 'content-length': 0, 'cache-control': 'no-cache'});
	response.end();
};

type File = {
	body: Buffer;
	headers: {etag: string; 'content-type': string; 'cache-control': string};
};

/** Files in memory, read anew when they change. */
class Files {
	readonly #directory: string;
	readonly #files = new Map<string, File & {changedMs: number}>();

	constructor(directory: string) {
		this.#directory = directory;
	}

	async get(name: string): Promise<File> {
		const path = join(this.#directory, name);
		const changedMs = await changeTime(path, name);
		const known = this.#files.get(name);
		if (known?.changedMs === changedMs) return known;
		const body = await readFile(path);
		const file = {
			body,
			changedMs,
			headers: {
				etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
				'content-type': contentTypes[extname(name)] ?? 'application/octet-stream',
				'cache-control': 'no-cache',
			},
		};
		this.#files.set(name, file);
		return file;
	}
}

const changeTime = async (path: string, name: string): Promise<number> => {
	try {
		return (await stat(path)).mtimeMs;
	} catch (cause) {
		const hint = name.endsWith('.html') ? ', `make build` makes the pages' : '';
		throw new MediaError('HTTP_NOT_FOUND', `No such file: ${name}${hint}`, {cause});
	}
};

const contentTypes: Record<string, string> = {
	'.css': 'text/css; charset=utf-8',
	'.html': 'text/html; charset=utf-8',
	'.ico': 'image/x-icon',
	'.js': 'text/javascript; charset=utf-8',
	'.png': 'image/png',
	'.svg': 'image/svg+xml',
	'.txt': 'text/plain; charset=utf-8',
};

/** Pages of others use the player. */
const sharedBy = (file: string) =>
	file.startsWith('assets/') ? {'access-control-allow-origin': '*'} : {};

const securityHeaders = {
	// No script but ours: a name or an error text that gets into the page can do nothing.
	'content-security-policy':
		"default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'",
	'referrer-policy': 'no-referrer',
};
