// RFC 2326 section 7.1.1, as far as this server says it.
import type {ErrorCode, ErrorKind, MediaError} from '../../errors.ts';
import type {Headers} from './message.ts';

/** What a handler answers; CSeq, Session and Server are added on the way out. */
export type RtspAnswer = {
	status: Status;
	headers?: Headers;
	body?: string;
	/** Runs when the answer is on its way: nothing else is sent before it. */
	afterwards?: () => void;
	/** The connection ends with this answer. */
	isLast?: boolean;
};

export const reasons = {
	200: 'OK',
	302: 'Moved Temporarily',
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not Found',
	405: 'Method Not Allowed',
	406: 'Not Acceptable',
	408: 'Request Time-out',
	409: 'Conflict',
	415: 'Unsupported Media Type',
	453: 'Not Enough Bandwidth',
	454: 'Session Not Found',
	455: 'Method Not Valid in This State',
	457: 'Invalid Range',
	459: 'Aggregate Operation Not Allowed',
	461: 'Unsupported Transport',
	500: 'Internal Server Error',
	501: 'Not Implemented',
	503: 'Service Unavailable',
	504: 'Gateway Time-out',
	505: 'RTSP Version Not Supported',
	551: 'Option not supported',
} as const;

export type Status = keyof typeof reasons;

export const answer = (status: Status, headers: Headers = []): RtspAnswer => ({status, headers});

/** With the reason in words; clients that show only the status have the log of the server. */
export const explained = (status: Status, reason: string): RtspAnswer => ({
	status,
	headers: [['Content-Type', 'text/plain']],
	body: `${reason}\r\n`,
});

/** The status of an error; `conflict` is what an operator did to a path. */
export const statusOf = (error: MediaError): Status =>
	statusOfCode[error.code] ?? statusOfKind[error.kind];

const statusOfKind: Record<ErrorKind, Status> = {
	invalid: 400,
	unauthenticated: 401,
	denied: 403,
	'not-found': 404,
	conflict: 503,
	unsupported: 415,
	exhausted: 453,
	unavailable: 503,
	internal: 500,
};

const statusOfCode: Partial<Record<ErrorCode, Status>> = {
	PATH_HAS_SOURCE: 403,
	PATH_TAKEN: 409,
	PATH_TIMEOUT: 504,
	RTSP_NO_PORTS: 503,
};
