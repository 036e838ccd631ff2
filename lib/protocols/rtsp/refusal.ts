import {MediaError} from '../../errors.ts';
import type {ErrorCode} from '../../errors.ts';
import type {RtspResponse} from './message.ts';

/** What an answer other than 200 means for the source. */
export const refusal = (method: string, {status, reason}: RtspResponse): MediaError => {
	const got = `${status} ${reason.slice(0, 80)}`.trim();
	const context = {method, status};
	const code = codes.get(status) ?? 'RTSP_REFUSED';
	const message =
		code === 'RTSP_UNAUTHORIZED'
			? `Expected the camera to take user and password, got ${got} to ${method}`
			: `Expected 200 to ${method}, got ${got}`;
	return new MediaError(code, message, context);
};

/** The camera answered SETUP with another transport than the one that was asked for. */
export const notOffered = (way: 'TCP' | 'UDP' | 'multicast', got: string): MediaError => {
	const by = way === 'multicast' ? 'by multicast' : `over ${way}`;
	const message = `Expected RTP ${by} to be offered by the camera, got ${got.slice(0, 120)}`;
	return new MediaError('RTSP_REFUSED', message, {method: 'SETUP'});
};

/** The same, where the camera says 461 to it. */
export const unsupported = (
	way: 'TCP' | 'UDP' | 'multicast',
	{reason}: RtspResponse,
): MediaError => {
	const {code, message} = notOffered(way, `461 ${reason}`.trim());
	return new MediaError(code, message, {method: 'SETUP', status: 461});
};

const codes = new Map<number, ErrorCode>([
	[401, 'RTSP_UNAUTHORIZED'],
	[404, 'RTSP_NOT_FOUND'],
]);
