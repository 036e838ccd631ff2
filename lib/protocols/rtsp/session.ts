import {MediaError} from '../../errors.ts';
import type {Authenticator} from './auth.ts';
import type {RtspConnection} from './connection.ts';
import {formatKeyMgmtHeader} from './key-management.ts';
import {headerOf, parsePublic} from './message.ts';
import type {Headers, RtspResponse} from './message.ts';
import type {Mikey} from './mikey.ts';
import {refusal, unsupported} from './refusal.ts';
import {parseRtpInfo} from './rtp-info.ts';
import type {RtpInfo} from './rtp-info.ts';
import {attributeOf, parseSdp} from './sdp.ts';
import {parseSession} from './session-header.ts';
import {tracksOf} from './tracks.ts';
import type {DescribedTrack} from './tracks.ts';
import {formatTransport, parseTransport} from './transport.ts';
import type {Transport} from './transport.ts';
import {controlUrls, formatRtspUrl, resolveBase, resolveLocation} from './url.ts';
import type {RtspUrl} from './url.ts';

export type SessionOptions = {
	connection: RtspConnection;
	url: RtspUrl;
	authenticator: Authenticator;
	/** How long an answer may take. */
	timeoutMs: number;
	/** Hears every question with its answer, but for TEARDOWN. */
	onExchange?: OnExchange | undefined;
};

/** A question and what the camera said to it. */
export type Exchange = {
	method: string;
	/** Without user and password. */
	url: string;
	/** The Authorization header that went along: holds no password, but for Basic. */
	authorization: string | undefined;
	/** The Transport header that went along. */
	transport: string | undefined;
	response: RtspResponse;
};
export type OnExchange = (exchange: Exchange) => void;

export type Description = {
	tracks: DescribedTrack[];
	/** What controls are relative to, the likeliest first. */
	bases: RtspUrl[];
	/** The control of the whole session. */
	control: string | undefined;
};

export type AskedSetup = {
	transport: Transport;
	/** Our key of SRTP. */
	own: Mikey | undefined;
};

/** Our side of the dialogue with one camera: questions, their authorization and what answers mean. */
export class RtspSession {
	readonly #connection: RtspConnection;
	readonly #url: RtspUrl;
	readonly #authenticator: Authenticator;
	readonly #timeoutMs: number;
	readonly #onExchange: OnExchange | undefined;
	#playUrl: string;
	#id: string | undefined;
	/** From the Session header. */
	sessionTimeoutMs = defaultSessionTimeoutMs;
	/** What the camera says it understands, in upper case; empty when it does not say. */
	methods: Set<string> = new Set();

	constructor({connection, url, authenticator, timeoutMs, onExchange}: SessionOptions) {
		this.#connection = connection;
		this.#url = url;
		this.#authenticator = authenticator;
		this.#timeoutMs = timeoutMs;
		this.#onExchange = onExchange;
		this.#playUrl = formatRtspUrl(url);
	}

	/** A camera that does not know OPTIONS is asked to DESCRIBE all the same. */
	async options(): Promise<void> {
		const response = await this.ask('OPTIONS', formatRtspUrl(this.#url));
		if (response.status === 401) throw refusal('OPTIONS', response);
		this.methods = parsePublic(response);
	}

	/** The tracks, or where else they are. */
	async describe(): Promise<Description | {redirect: RtspUrl}> {
		const response = await this.ask('DESCRIBE', formatRtspUrl(this.#url), [
			['Accept', 'application/sdp'],
		]);
		if (redirects.has(response.status)) return {redirect: this.#redirect(response)};
		if (response.status !== 200) throw refusal('DESCRIBE', response);
		const sdp = parseSdp(response.body);
		if (!sdp.ok) {
			const message = `Expected a session description, got one with ${sdp.reason}`;
			throw new MediaError('RTSP_BAD_RESPONSE', message);
		}
		const contentBase =
			headerOf(response, 'Content-Base') ?? headerOf(response, 'Content-Location');
		const bases = [resolveBase(this.#url, contentBase), this.#url];
		return {tracks: tracksOf(sdp.value), bases, control: attributeOf(sdp.value, 'control')};
	}

	/** The transport that the camera gives a track; undefined where it does not say: as asked, then. */
	async setUp(
		track: DescribedTrack,
		bases: RtspUrl[],
		{transport: asked, own}: AskedSetup,
	): Promise<Transport | undefined> {
		const urls = controlUrls(bases, track.control).map(formatRtspUrl);
		const headers: Headers = [
			['Transport', formatTransport(asked)],
			...(own ? [['KeyMgmt', formatKeyMgmtHeader(urls[0] ?? '', own)] as const] : []),
		];
		const {response} = await this.#askFirst('SETUP', urls, headers);
		// Who describes feedback need not know its profile by name.
		if (response.status === 461 && asked.profile.endsWith('F')) {
			const profile = asked.profile.slice(0, -1);
			return await this.setUp(track, bases, {transport: {...asked, profile}, own});
		}
		if (response.status === 461) throw unsupported(wayOf(asked), response);
		if (response.status !== 200) throw refusal('SETUP', response);
		this.#takeSession(response);
		const given = parseTransport(headerOf(response, 'Transport') ?? '');
		return given.ok ? given.value : undefined;
	}

	/** From the beginning; cameras that take no Range are asked without. Gives what RTP-Info says. */
	async play({bases, control}: Description): Promise<RtpInfo[]> {
		const urls = controlUrls(bases, control).map(formatRtspUrl);
		const ranged = await this.#askFirst('PLAY', urls, [['Range', 'npt=0.000-']]);
		const {url} = ranged;
		const response = ranged.response.status === 457 ? await this.ask('PLAY', url) : ranged.response;
		if (response.status !== 200) throw refusal('PLAY', response);
		this.#takeSession(response);
		this.#playUrl = url;
		return parseRtpInfo(headerOf(response, 'RTP-Info') ?? '');
	}

	/** A question about the whole session, whatever the answer. */
	async askSession(method: string): Promise<RtspResponse> {
		return await this.ask(method, this.#playUrl);
	}

	/** Waits at most a second for the answer; does nothing when no session was set up. */
	async tearDown(): Promise<void> {
		if (this.#id === undefined) return;
		try {
			const headers = this.#headers('TEARDOWN', this.#playUrl);
			const question = {method: 'TEARDOWN', url: this.#playUrl, headers, timeoutMs: 1000};
			await this.#connection.ask(question, {isFarewell: true});
		} catch {
			// Gone or silent: it was told.
		}
	}

	/** Asks, and answers challenges as long as there is something else to say. */
	async ask(method: string, url: string, more: Headers = []): Promise<RtspResponse> {
		for (let tries = 1; ; tries++) {
			const headers = [...this.#headers(method, url), ...more];
			const question = {method, url, headers, timeoutMs: this.#timeoutMs};
			const response = await this.#connection.ask(question);
			const authorization = headerOf({headers}, 'Authorization');
			const transport = headerOf({headers}, 'Transport');
			this.#onExchange?.({method, url, authorization, transport, response});
			if (response.status !== 401) {
				this.#authenticator.accepted(response);
				return response;
			}
			if (!this.#authenticator.challenged(response) || tries === maxTries) return response;
		}
	}

	#headers(method: string, url: string): Headers {
		const authorization = this.#authenticator.authorize(method, url);
		return [
			['User-Agent', userAgent],
			...(this.#id === undefined ? [] : [['Session', this.#id] as const]),
			...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
		];
	}

	/** The URL that the camera knows, or its answer for the first one. */
	async #askFirst(method: string, urls: string[], headers: Headers): Promise<Answer> {
		let first: Answer | undefined;
		for (const url of urls) {
			const answer = {url, response: await this.ask(method, url, headers)};
			if (!unknownUrl.has(answer.response.status)) return answer;
			first ??= answer;
		}
		if (!first) throw new MediaError('INTERNAL', `Expected a URL to ask ${method} for`);
		return first;
	}

	#takeSession(response: RtspResponse): void {
		const session = parseSession(headerOf(response, 'Session') ?? '');
		if (!session.ok) return;
		this.#id = session.value.id;
		this.sessionTimeoutMs = session.value.timeoutMs ?? this.sessionTimeoutMs;
	}

	#redirect(response: RtspResponse): RtspUrl {
		const location = resolveLocation(this.#url, headerOf(response, 'Location') ?? '');
		if (location.ok) return location.value;
		const message = `Expected an RTSP URL as the Location of a redirect: ${location.reason}`;
		throw new MediaError('RTSP_BAD_RESPONSE', message, {status: response.status});
	}
}

const userAgent = 'Sluice';
const defaultSessionTimeoutMs = 60_000;
/** Of one question: two kinds of Digest, Basic, and a nonce that went stale in between. */
const maxTries = 6;
const redirects = new Set([301, 302, 303, 307, 308]);
/** What cameras answer when they mean "not under this URL". */
const unknownUrl = new Set([400, 404, 451]);

type Answer = {url: string; response: RtspResponse};

const wayOf = ({lower, cast}: Transport): 'TCP' | 'UDP' | 'multicast' =>
	lower === 'TCP' ? 'TCP' : cast === 'multicast' ? 'multicast' : 'UDP';
