import {basename, dirname, extname, join} from 'node:path';
import {answer, decodePath, requireRead} from '../http/handler.ts';
import type {HttpHandler, HttpLogger} from '../http/handler.ts';
import {sendFile} from '../http/send.ts';
import {fmp4Segment, tsSegment} from './hls-names.ts';

export type HlsFilesOptions = {playlist: string; logger: HttpLogger};

/** Serves a playlist and its segments, and nothing else that lies in their folder. */
export const createHlsFiles = ({playlist, logger}: HlsFilesOptions): HttpHandler => {
	const folder = dirname(playlist);
	const segments = [tsSegment(playlist), fmp4Segment];
	const isOurs = (name: string) =>
		name === basename(playlist) || segments.some(pattern => pattern.test(name));
	return {
		name: 'hls',
		handle: (request, response, url) => {
			const [name, ...more] = decodePath(url) ?? [];
			if (name === undefined || more.length > 0 || !isOurs(name)) return false;
			answer(response, logger, async () => {
				requireRead(request, response);
				const headers = {
					'content-type': contentTypes[extname(name)] ?? 'video/mp4',
					'cache-control': 'no-cache',
					// Players on pages of others may show it, as with the server's own HLS.
					'access-control-allow-origin': '*',
				};
				await sendFile(request, response, {path: join(folder, name), headers});
			});
			return true;
		},
	};
};

const contentTypes: Readonly<Record<string, string>> = {
	'.m3u8': 'application/vnd.apple.mpegurl',
	'.ts': 'video/mp2t',
};
