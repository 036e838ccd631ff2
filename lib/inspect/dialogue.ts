import {headerOf, parsePublic} from '../protocols/rtsp/message.ts';
import type {RtspResponse} from '../protocols/rtsp/message.ts';
import {parseRtpInfo} from '../protocols/rtsp/rtp-info.ts';
import type {RtpInfo} from '../protocols/rtsp/rtp-info.ts';
import {parseSession} from '../protocols/rtsp/session-header.ts';
import type {Exchange} from '../protocols/rtsp/session.ts';
import {redactUrl, redactUrls} from '../util/redact.ts';
import {quirksOf} from './quirks.ts';
import type {Quirk} from './quirks.ts';
import type {Report} from './report.ts';

/** What the questions to a camera and its answers tell; passwords are taken out. */
export type Dialogue = Pick<
	Report['connection'],
	'authentication' | 'server' | 'methods' | 'sessionTimeoutSeconds' | 'exchanges'
> & {sdp: string | null; rtpInfos: RtpInfo[]; quirks: Quirk[]};

export const emptyDialogue = (): Dialogue => ({
	authentication: 'none',
	server: null,
	methods: [],
	sessionTimeoutSeconds: null,
	exchanges: [],
	sdp: null,
	rtpInfos: [],
	quirks: [],
});

/** A camera that wants another password with every question shall not fill the memory. */
const maxExchanges = 200;

export const addExchange = (dialogue: Dialogue, exchange: Exchange): void => {
	const {method, url, authorization, response} = exchange;
	const {status, reason} = response;
	if (dialogue.exchanges.length < maxExchanges)
		dialogue.exchanges.push({method, url: redactUrl(url), status, reason});
	dialogue.server ??= headerOf(response, 'Server') ?? null;
	addQuirks(dialogue, exchange);
	if (status !== 200) return;
	if (authorization !== undefined) dialogue.authentication = kindOf(authorization);
	takers[method]?.(dialogue, response);
};

const maxQuirks = 50;

const addQuirks = ({quirks}: Dialogue, exchange: Exchange): void => {
	for (const quirk of quirksOf(exchange))
		if (quirks.length < maxQuirks && !quirks.some(({text}) => text === quirk.text))
			quirks.push({...quirk, text: redactUrls(quirk.text)});
};

/** What each answer tells besides its status. */
const takers: Record<string, (dialogue: Dialogue, response: RtspResponse) => void> = {
	OPTIONS: (dialogue, response) => {
		dialogue.methods = [...parsePublic(response)];
	},
	DESCRIBE: (dialogue, {body}) => {
		dialogue.sdp = redactUrls(body);
	},
	SETUP: (dialogue, response) => {
		const session = parseSession(headerOf(response, 'Session') ?? '');
		if (session.ok && session.value.timeoutMs !== undefined)
			dialogue.sessionTimeoutSeconds = session.value.timeoutMs / 1000;
	},
	PLAY: (dialogue, response) => {
		dialogue.rtpInfos = parseRtpInfo(headerOf(response, 'RTP-Info') ?? '');
	},
};

/** The scheme, and the algorithm of Digest, which is MD5 where nobody names one. */
const kindOf = (authorization: string): string => {
	const [scheme = ''] = authorization.split(' ');
	const algorithm = /algorithm="?([\w-]+)/.exec(authorization)?.[1];
	return scheme === 'Digest' ? `Digest ${algorithm ?? 'MD5'}` : scheme;
};
