import {MediaError} from '../../errors.ts';
import type {ErrorCode} from '../../errors.ts';
import type {RtspResponse} from './message.ts';

/** What an answer other than 200 means for the source. */
export const refusal = (method: string, {status, reason}: RtspResponse): MediaError => {
	const got = `${status} ${reason.slice(0, 80)}`.trim();
	const context = {method, status};
	if (status === 461) return new MediaError('RTSP_REFUSED', `${noTcp}, got ${got}`, context);
	const code = codes.get(status) ?? 'RTSP_REFUSED';
	const message =
		code === 'RTSP_UNAUTHORIZED'
			? `Expected the camera to take user and password, got ${got} to ${method}`
			: `Expected 200 to ${method}, got ${got}`;
	return new MediaError(code, message, context);
};

/** The camera answered SETUP with another transport than RTP over TCP. */
export const udpOnly = (transport: string): MediaError =>
	new MediaError('RTSP_REFUSED', `${noTcp}, got ${transport.slice(0, 120)}`, {method: 'SETUP'});

const noTcp = 'Expected RTP over TCP to be offered by the camera';

const codes = new Map<number, ErrorCode>([
	[401, 'RTSP_UNAUTHORIZED'],
	[404, 'RTSP_NOT_FOUND'],
]);
