// A viewer of the live protocol, written from docs/reference/live-protocol.md and not from the server.
import {once} from 'node:events';
import type {ExecutionContext} from 'ava';
import WebSocket from 'ws';

export type Media = {
	type: number;
	flags: number;
	track: number;
	sequence: number;
	presentationUs: number;
	captureUs: number;
	payload: Buffer;
};

export type Said = Record<string, unknown> & {type: string};

const readMedia = (data: Buffer): Media => ({
	type: data.readUInt8(0),
	flags: data.readUInt8(1),
	track: data.readUInt8(2),
	sequence: data.readUInt32BE(4),
	presentationUs: Number(data.readBigInt64BE(8)),
	captureUs: Number(data.readBigInt64BE(16)),
	payload: data.subarray(24),
});

/** The section behind its MIME type. */
export const readInit = ({payload}: Media) => {
	const length = payload.readUInt16BE(0);
	return {
		mime: payload.toString('latin1', 2, 2 + length),
		section: payload.subarray(2 + length),
	};
};

export const everything = ['avc1', 'hvc1', 'av01', 'vp09', 'mp4a.40.2', 'opus', 'flac'];

/** Connects; says nothing by itself. */
export const openViewer = async (
	t: ExecutionContext,
	url: string,
	path: string,
	headers: Record<string, string> = {},
) => {
	const webSocket = new WebSocket(`${url.replace(/^http/, 'ws')}/${path}/live`, {headers});
	t.teardown(() => webSocket.terminate());
	const [said, media]: [Said[], Media[]] = [[], []];
	const waiting = new Set<() => void>();
	const wake = () => {
		for (const look of waiting) look();
	};
	webSocket.on('message', (data: Buffer, isBinary: boolean) => {
		if (isBinary) media.push(readMedia(data));
		else said.push(JSON.parse(data.toString()) as Said);
		wake();
	});
	const until = async <Found>(find: () => Found | undefined): Promise<Found> =>
		new Promise(resolve => {
			const look = () => {
				const found = find();
				if (found === undefined) return;
				waiting.delete(look);
				resolve(found);
			};
			waiting.add(look);
			look();
		});
	const closed = once(webSocket, 'close') as Promise<[code: number, reason: Buffer]>;
	await Promise.race([once(webSocket, 'open'), closed]);
	return {
		webSocket,
		said,
		media,
		closed,
		say: (message: object) => webSocket.send(JSON.stringify(message)),
		hello: (more: object = {}) =>
			webSocket.send(
				JSON.stringify({type: 'hello', version: 1, decodes: everything, audio: true, ...more}),
			),
		/** Resolves when so many have come since the test began, or since `media` was emptied. */
		untilMedia: async (count: number) => until(() => (media.length >= count ? media : undefined)),
		untilSaid: async (type: string, place = 0) =>
			until(() => said.filter(message => message.type === type)[place]),
		until,
	};
};
