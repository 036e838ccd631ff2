import {HlsVideo} from './hls-video.ts';
import {MseVideo} from './mse-video.ts';
import type {Transport} from './transport.ts';

export type TransportWish = {
	/** `auto`, `mse`, `llhls` or `hls`; anything else is `auto`. */
	transport?: string | null | undefined;
	/** Milliseconds between what has come and what is shown, at least. */
	target?: string | null | undefined;
};

/** By the live protocol where nothing else is asked for and the browser has what it takes. */
export const makeTransport = (
	video: HTMLVideoElement,
	src: string,
	{transport, target}: TransportWish,
): Transport => {
	const isHls = transport === 'hls' || transport === 'llhls' || !MseVideo.isSupported;
	if (isHls) return new HlsVideo(video, urlIn(src, 'index.m3u8'));
	const url = urlIn(src, 'live').replace(/^http/, 'ws');
	const ms = Number(target ?? '');
	return new MseVideo(video, url, {
		leastTarget: ms > 0 && ms <= maxTargetMs ? ms / 1000 : undefined,
	});
};

/** Of what belongs to a path, whose URL may be relative to the page. */
const urlIn = (src: string, file: string): string => {
	const url = new URL(src, location.href);
	url.pathname = `${url.pathname.replace(/\/+$/, '')}/${file}`;
	url.hash = '';
	return url.href;
};

const maxTargetMs = 10_000;
