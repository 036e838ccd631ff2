import type {IncomingMessage} from 'node:http';

/** What a client that speaks RTSP here is told, in its own language; undefined: it does not. */
export const refuseRtsp = (packet: Buffer): string | undefined => {
	const text = packet.toString('latin1', 0, maxLook);
	if (!/^[A-Z_]{3,20} \S+ RTSP\/1\.0\r?\n/.test(text)) return undefined;
	return answerTo(/\nCSeq: *(\d+)/i.exec(text)?.[1]);
};

/** The same for a request that Node's HTTP lets pass. */
export const refuseRtspRequest = ({url, headers}: IncomingMessage): string | undefined =>
	/^rtsps?:/i.test(url ?? '') ? answerTo(String(headers['cseq'])) : undefined;

const answerTo = (cseq = ''): string =>
	[
		`RTSP/1.0 400 ${reason}`,
		`CSeq: ${/^\d{1,9}$/.test(cseq) ? cseq : '1'}`,
		'Connection: close',
		'Content-Type: text/plain',
		`Content-Length: ${reason.length}`,
		'',
		reason,
	].join('\r\n');

/** In the status line, which more clients show than a body. */
const reason = 'This port speaks HTTP; RTSP has a port of its own (8554 as a rule)';
const maxLook = 4096;
