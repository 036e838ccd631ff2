import type {AccessRequest, Gatekeeper, Scheme} from '../../auth/gatekeeper.ts';
import {toMediaError} from '../../errors.ts';
import type {MediaError} from '../../errors.ts';
import type {Delivery} from '../../media/delivery.ts';
import {describe} from './describe.ts';
import {headerOf, headersOf} from './message.ts';
import type {Headers, RtspRequest} from './message.ts';
import {contentBase, parseRequestUrl} from './request-url.ts';
import {startOf} from '../../readers/reading.ts';
import type {ServerConnection} from './server-connection.ts';
import type {ServerRequest, ServerSession} from './server-session.ts';
import {formatSession, parseSession} from './session-header.ts';
import {answer, explained, reasons, statusOf} from './status.ts';
import type {RtspAnswer} from './status.ts';

/** One client: its connection, and what it has begun on it. */
export type Client = {
	readonly connection: ServerConnection;
	session: ServerSession | undefined;
	/** What was described to it last: clients leave the query out of later requests. */
	described: {path: string; query: string} | undefined;
};

/** What the methods need of the server. */
export type MethodServices = {
	delivery: Pick<Delivery, 'join'>;
	/** Where the clients of a path are sent instead; undefined: it is served here. */
	redirect: (path: string) => string | undefined;
	/** A session for a client that wants to read; undefined: by no transport that it offers. */
	openReader: (
		request: ServerRequest,
		client: Client,
		user: string,
	) => Promise<ServerSession | undefined>;
	/** A session for a client that announced what it will publish, or why not. */
	openPublisher: (
		request: ServerRequest,
		client: Client,
		user: string,
	) => Promise<{session: ServerSession} | {refusal: RtspAnswer}>;
	/** A session that lost its connection, for its client that is back; undefined: there is none. */
	takeBack: (connection: ServerConnection, secret: string) => ServerSession | undefined;
	gatekeeper: Pick<Gatekeeper, 'admit' | 'challenges'>;
	/** How clients may say who they are. */
	schemes: () => readonly Scheme[];
	/** Whether readers over TLS may have SRTP. */
	offersSrtp: () => boolean;
	logger: {
		debug(fields: object, message: string): void;
		error(fields: object, message: string): void;
	};
	/** Whoever set up an encoder looks into the log when it does not work. */
	refusedPublishers: {note(sample: string): void};
};

export type Method = (
	request: ServerRequest,
	client: Client,
	services: MethodServices,
) => Promise<RtspAnswer> | RtspAnswer;

/** Answers one request, whatever is in it; never throws. */
export const respond = async (
	request: RtspRequest,
	client: Client,
	services: MethodServices,
): Promise<RtspAnswer> => {
	try {
		const given = refuse(request, client, services) ?? (await run(request, client, services));
		if (request.method === 'ANNOUNCE' && given.status !== 200)
			tellRefused(request, client.connection, {
				services,
				reason: given.body ?? reasons[given.status],
			});
		return {...given, headers: [...(given.headers ?? []), ...sessionHeader(request, client)]};
	} catch (thrown) {
		return answerOf(toMediaError(thrown), request, client, services);
	}
};

/** The answer to an error, which the log tells in words. */
const answerOf = (
	error: MediaError,
	request: RtspRequest,
	{connection}: Client,
	services: MethodServices,
): RtspAnswer => {
	const {method, url} = request;
	const {logger} = services;
	const fields = {peer: connection.peer, code: error.code};
	const reason = error.message;
	if (error.kind === 'internal') logger.error({...fields, err: error}, 'request failed');
	// Wrong passwords are told by the gatekeeper, and most clients ask without one first.
	else if (method === 'ANNOUNCE' && error.kind !== 'unauthenticated')
		tellRefused(request, connection, {services, reason});
	else if (error.code === 'RTSP_NO_PORTS') tellRefused(request, connection, {services, reason});
	else logger.debug(fields, `${method} ${url.slice(0, 200)} refused: ${reason}`);
	if (error.kind === 'internal') return answer(500);
	if (error.kind !== 'unauthenticated') return explained(statusOf(error), reason);
	return answer(401, challenges(request, connection, {services, error}));
};

const tellRefused = (
	{url}: RtspRequest,
	{peer}: ServerConnection,
	{services, reason}: {services: MethodServices; reason: string},
): void => {
	const target = parseRequestUrl(url);
	const path = target.ok ? target.value.path : url.slice(0, 100);
	services.refusedPublishers.note(
		`RTSP publisher of ${path} from ${peer} refused: ${reason.trim()}`,
	);
};

const challenges = (
	request: RtspRequest,
	connection: ServerConnection,
	{services, error}: {services: MethodServices; error: MediaError},
): Headers => {
	const target = parseRequestUrl(request.url);
	if (!target.ok) return [];
	const access = accessOf({...request, target: target.value}, connection);
	const isStale = error.context['isStale'] === true;
	return services.gatekeeper
		.challenges(access, services.schemes(), isStale)
		.map(value => ['WWW-Authenticate', value]);
};

/** What is wrong with a request before its method is looked at. */
const refuse = (
	request: RtspRequest,
	client: Client,
	services: MethodServices,
): RtspAnswer | undefined => {
	if (headerOf(request, 'CSeq') === undefined) return answer(400);
	if (request.version?.startsWith('1.') === false) return answer(505);
	if (!methods[request.method]) return answer(501, [publicHeader]);
	const required = headersOf(request, 'Require');
	if (required.length > 0) return answer(551, [['Unsupported', required.join(', ')]]);
	const header = headerOf(request, 'Session');
	if (header === undefined || isSessionless(request)) return undefined;
	const named = parseSession(header);
	if (!named.ok) return answer(400);
	const {id} = named.value;
	client.session ??= services.takeBack(client.connection, id);
	return id === client.session?.secret ? undefined : answer(454);
};

const isSessionless = ({method}: RtspRequest): boolean =>
	method === 'OPTIONS' || method === 'DESCRIBE';

const run = async (
	request: RtspRequest,
	client: Client,
	services: MethodServices,
): Promise<RtspAnswer> => {
	const target = parseRequestUrl(request.url);
	if (!target.ok) return explained(400, target.reason);
	return (
		(await methods[request.method]?.({...request, target: target.value}, client, services)) ??
		answer(501)
	);
};

/** Every method there is; what a session does itself is in the table of the session. */
const methods: Readonly<Record<string, Method | undefined>> = {
	OPTIONS: () => answer(200, [publicHeader]),
	DESCRIBE: async (request, client, services) => describePath(request, client, services),
	ANNOUNCE: async (request, client, services) => announce(request, client, services),
	SETUP: async (request, client, services) =>
		client.session ? perform(request, client) : begin(request, client, services),
	PLAY: (request, client) => perform(request, client),
	RECORD: (request, client) => perform(request, client),
	PAUSE: (request, client) => perform(request, client),
	TEARDOWN: (request, client) => tearDown(client),
	// These keep a session alive, and there is nothing to get or to set.
	GET_PARAMETER: () => answer(200),
	SET_PARAMETER: () => answer(200),
};

const publicHeader = ['Public', Object.keys(methods).join(', ')] as const;

/** What the session makes of it. */
const perform = async (request: ServerRequest, {session}: Client): Promise<RtspAnswer> => {
	if (!session) return answer(454);
	return (await session.methods()[request.method]?.(request)) ?? answer(455);
};

/** A session that gets no track does not come to be. */
const begin = async (
	request: ServerRequest,
	client: Client,
	services: MethodServices,
): Promise<RtspAnswer> => {
	const user = await admit(request, client, services);
	const asked = withQuery(request, client);
	const start = startOf(asked.target.query);
	if (!start.ok) return explained(400, start.reason);
	const session = await services.openReader(asked, client, user);
	if (!session) return answer(461);
	if (client.connection.isClosed) {
		session.close('the client hung up');
		return answer(454);
	}
	client.session = session;
	let given: RtspAnswer | undefined;
	try {
		given = await perform(request, client);
		return given;
	} finally {
		if (given?.status !== 200) tearDown(client);
	}
};

const announce = async (
	request: ServerRequest,
	client: Client,
	services: MethodServices,
): Promise<RtspAnswer> => {
	if (client.session) return answer(455);
	if (!carriesSdp(request)) return explained(415, 'expected Content-Type: application/sdp');
	const user = await admit(request, client, services);
	const opened = await services.openPublisher(request, client, user);
	if ('refusal' in opened) return opened.refusal;
	client.session = opened.session;
	if (client.connection.isClosed) tearDown(client);
	return answer(200);
};

const tearDown = (client: Client): RtspAnswer => {
	const {session} = client;
	if (!session) return answer(454);
	client.session = undefined;
	session.close('the client ended it');
	return answer(200);
};

const describePath = async (
	request: ServerRequest,
	client: Client,
	services: MethodServices,
): Promise<RtspAnswer> => {
	const {delivery, redirect} = services;
	const {path, query} = request.target;
	if (!acceptsSdp(request)) return answer(406);
	await admit(request, client, services);
	const start = startOf(query);
	if (!start.ok) return explained(400, start.reason);
	const elsewhere = redirect(path);
	if (elsewhere !== undefined) return answer(302, [['Location', elsewhere]]);
	const {peer, address, protocol, signal, isTls, offeredKeys} = client.connection;
	const admission = await delivery.join(
		{path, protocol, peer, start: true, counted: false, holds: true},
		signal,
	);
	// A source on demand goes on for a while, so that it is still there at SETUP.
	admission.leave();
	client.described = {path, query};
	const {tracks} = admission;
	const keys = isTls && services.offersSrtp() ? offeredKeys.offer(path, tracks.length) : [];
	return {
		status: 200,
		headers: [
			['Content-Base', contentBase(request.url)],
			['Content-Type', 'application/sdp'],
		],
		body: describe(path, tracks, address, keys),
	};
};

/** The user's name, or an error that becomes 401 or 403. */
const admit = async (
	request: ServerRequest,
	{connection}: Client,
	{gatekeeper, schemes}: MethodServices,
): Promise<string> => gatekeeper.admit({...accessOf(request, connection), schemes: schemes()});

const accessOf = (request: ServerRequest, {address}: ServerConnection): AccessRequest => {
	const {method, target} = request;
	return {
		action: method === 'ANNOUNCE' ? 'publish' : 'read',
		path: target.path,
		ip: address,
		authorization: headerOf(request, 'Authorization'),
		method,
		// VLC names the path in SETUP where the request line has the track.
		isUri: uri => isSamePath(uri, target.path),
	};
};

const isSamePath = (uri: string, path: string): boolean => {
	const named = parseRequestUrl(uri);
	return named.ok && named.value.path === path;
};

const carriesSdp = (request: ServerRequest): boolean =>
	/^(?:$|application\/sdp\b)/i.test(headerOf(request, 'Content-Type')?.trim() ?? '');

const acceptsSdp = (request: ServerRequest): boolean => {
	const accepted = headersOf(request, 'Accept').join(',').toLowerCase();
	return accepted === '' || /application\/(sdp|\*)|\*\/\*/.test(accepted);
};

/** With the query of DESCRIBE, where the URL has none of its own. */
const withQuery = (request: ServerRequest, {described}: Client): ServerRequest => {
	const {target} = request;
	if (target.query !== '' || described?.path !== target.path) return request;
	return {...request, target: {...target, query: described.query}};
};

const sessionHeader = (request: RtspRequest, {session}: Client): Headers => {
	if (!session || isSessionless(request)) return [];
	const {secret: id, timeoutMs} = session;
	return [['Session', formatSession({id, timeoutMs})]];
};
