import type {IncomingMessage, ServerResponse} from 'node:http';
import {sendBytes} from '../../http/send.ts';
import type {BuiltPlaylist} from './built-playlist.ts';

/** Answers with a playlist, compressed for those who take it. */
export const sendPlaylist = (
	request: IncomingMessage,
	response: ServerResponse,
	{playlist, caching}: {playlist: BuiltPlaylist; caching: string},
): void => {
	const isZipped = takesGzip(request.headers['accept-encoding']);
	response.appendHeader('vary', 'accept-encoding');
	// A range of a playlist means nothing to anybody.
	delete request.headers.range;
	sendBytes(request, response, {
		body: isZipped ? playlist.gzip : playlist.text,
		headers: {
			'content-type': 'application/vnd.apple.mpegurl',
			'cache-control': caching,
			...(isZipped && {'content-encoding': 'gzip'}),
		},
	});
};

const takesGzip = (accepted: string | string[] | undefined): boolean =>
	/(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(accepted ?? ''));
