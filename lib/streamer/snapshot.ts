import type {IncomingMessage, ServerResponse} from 'node:http';
import {MediaError} from '../errors.ts';
import {answer, decodePath, requireRead} from '../http/handler.ts';
import type {HttpHandler, HttpLogger} from '../http/handler.ts';
import {answerUnchanged, sendBytes} from '../http/send.ts';
import {Decoder} from '../protocols/snapshot/decode.ts';
import type {DecoderNative} from '../protocols/snapshot/decode.ts';
import {parseSnapshotName, parseWish, snapshotTypes, wishKey} from '../protocols/snapshot/wish.ts';
import type {SnapshotWish} from '../protocols/snapshot/wish.ts';
import type {Streamer} from './streamer.ts';

export type SnapshotOptions = {
	streamer: Pick<Streamer, 'picture'>;
	native: DecoderNative;
	logger: HttpLogger;
};

const timeoutMs = 10_000;

/** Serves `/snapshot.jpg`, `.png` and `.webp`: the newest key frame that went to the output. */
export const createSnapshot = ({
	streamer,
	native,
	logger,
}: SnapshotOptions): HttpHandler & {close(): void} => {
	const decoder = new Decoder(native, timeoutMs);
	return {
		name: 'snapshot',
		handle: (request, response, url) => {
			const [name = '', ...more] = decodePath(url) ?? [];
			const format = more.length === 0 ? parseSnapshotName(name) : undefined;
			if (!format) return false;
			answer(response, logger, async () => {
				requireRead(request, response);
				const wish = parseWish(format, url.searchParams);
				await answerPicture({request, response, wish}, streamer, decoder);
			});
			return true;
		},
		close: () => decoder.close(),
	};
};

type Asked = {request: IncomingMessage; response: ServerResponse; wish: SnapshotWish};

const answerPicture = async (
	{request, response, wish}: Asked,
	{picture}: Pick<Streamer, 'picture'>,
	decoder: Decoder,
): Promise<void> => {
	if (!picture) throw new MediaError('SNAPSHOT_NONE', 'No key frame has gone to the output yet');
	const {source, key} = picture;
	const headers = {etag: `"${key}-${wishKey(wish)}"`, 'cache-control': 'no-cache'};
	if (answerUnchanged(request, response, headers)) return;
	const body = await decoder.decode(source, key, wish);
	const type = {'content-type': snapshotTypes[wish.format]};
	sendBytes(request, response, {body, headers: {...headers, ...type}});
};
