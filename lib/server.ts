// The composition root: the one place that knows every part and ties them together.
import {fileURLToPath} from 'node:url';
import type {Logger} from 'pino';
import {createApi} from './api/app.ts';
import type {Services} from './api/services.ts';
import type {Certificate} from './config/certificate.ts';
import {Certificates} from './config/certificates.ts';
import {findPath} from './config/find-path.ts';
import {isPattern} from './config/path-name.ts';
import type {ConfiguredAddress} from './config/tcp-addresses.ts';
import type {Config} from './config/schema.ts';
import {ConfigStore} from './config/store.ts';
import type {ConfigChange} from './config/store.ts';
import {watchFile} from './config/watch.ts';
import {Gatekeeper} from './auth/gatekeeper.ts';
import {isStranger} from './auth/users.ts';
import {toMediaError} from './errors.ts';
import {readAccess} from './http/access.ts';
import type {OtherProtocol} from './http/first-bytes.ts';
import {httpListeners, namingSockets} from './http/listeners.ts';
import {createHttpServer} from './http/server.ts';
import type {HttpServer} from './http/server.ts';
import {createPages} from './http/static.ts';
import type {Path} from './library/path.ts';
import {Paths} from './library/paths.ts';
import type {Pipeline} from './library/pipeline.ts';
import {Pipelines} from './library/pipelines.ts';
import {createClock} from './media/clock.ts';
import {Control} from './media/control.ts';
import {Delivery} from './media/delivery.ts';
import type {PathFacts} from './media/facts.ts';
import {createLine} from './media/line.ts';
import {readersOfRtmp, readersOfRtsp} from './media/reader-facts.ts';
import type {ReaderFacts} from './media/reader-facts.ts';
import {Pushes} from './media/pushes.ts';
import {StatsFeed} from './media/stats-feed.ts';
import {openNative} from './native/native.ts';
import type {Native} from './native/native.ts';
import {createLogger} from './observe/logger.ts';
import {createMetrics} from './observe/metrics.ts';
import type {RtmpServer} from './protocols/rtmp/server.ts';
import {StreamMetadata} from './protocols/rtmp/stream-metadata.ts';
import {beginsTunnel} from './protocols/rtsp/http-head.ts';
import type {RtspServer} from './protocols/rtsp/server.ts';
import {openRtmp, openRtsp, rtmpClients, rtspClients} from './listeners.ts';
import {createPush, createSources} from './sources.ts';
import {reachableHost} from './util/address.ts';
import {withinTime} from './util/within-time.ts';
import {createWebReaders} from './web-readers.ts';
import type {WebReaders} from './web-readers.ts';

export type ServerOptions = {
	/** A YAML file; it is watched, and read again when it changes. */
	configFile?: string;
	/** The same keys as in a file, in the place of one. */
	config?: Readonly<Record<string, unknown>>;
	/** Sources as on the command line: `rtsp://camera/stream` or `name=rtsp://camera/stream`. */
	urls?: readonly string[];
	/** Where `SLUICE_...` keys are looked for; nowhere unless given. */
	env?: Readonly<Record<string, string | undefined>>;
	logger?: Logger;
};

/** Longer than a pipeline gets for its stop, so that each part can report what did not end. */
const closeTimeoutMs = 8000;
const pushCloseTimeoutMs = 3000;

/**
 * Starts a server; resolves when it listens and its sources are being fetched. What is wrong with the
 * configuration or an address rejects with a MediaError, and nothing has been started.
 */
export const createServer = async (options: ServerOptions = {}): Promise<Server> => {
	const {configFile: file, config, urls, env = {}} = options;
	const text = config && JSON.stringify(config);
	const store = new ConfigStore({file, text, urls, env});
	const {logLevel: level, logFormat: format} = store.config;
	const logger = options.logger ?? createLogger({level, format});
	for (const warning of store.warnings) logger.warn(warning);
	const server = new Server({store, native: openNative(), logger});
	try {
		await server.open();
	} catch (error) {
		await server.close();
		throw error;
	}
	if (file !== undefined) server.watch(file);
	return server;
};

type Parts = {store: ConfigStore; native: Native; logger: Logger};

/** A running server; `close()` ends everything it has started. */
export class Server {
	readonly #parts: Parts;
	readonly #startedAt = new Date();
	readonly #control: Control;
	readonly #web: WebReaders;
	readonly #delivery: Delivery;
	readonly #paths: Paths;
	readonly #pushes: Pushes;
	readonly #pipelines: Pipelines;
	readonly #gatekeeper: Gatekeeper;
	readonly #metadata = new StreamMetadata();
	readonly #stats = new StatsFeed(() => ({paths: this.paths(), readers: this.readers()}));
	#rtsp: RtspServer | undefined;
	#rtmp: RtmpServer | undefined;
	#http: HttpServer | undefined;
	readonly #certificates: Certificates;
	#watch: {close(): void} | undefined;
	#closed: Promise<void> | undefined;

	/** Use `createServer`. */
	constructor(parts: Parts) {
		this.#parts = parts;
		const {store, native, logger} = parts;
		const line = createLine();
		const clock = createClock(native);
		const metadata = this.#metadata;
		const sources = createSources(native, metadata);
		const {config} = store;
		this.#control = new Control({config, native, sources, port: line.control, clock, logger});
		const delivery = new Delivery(line.delivery);
		this.#delivery = delivery;
		const settings = () => store.config;
		this.#certificates = new Certificates({settings, logger});
		const users = () => store.config.authInternalUsers;
		this.#gatekeeper = new Gatekeeper({users, logger});
		const access = readAccess(this.#gatekeeper, settings);
		this.#web = createWebReaders({
			...{native, delivery, access, metadata, settings, logger},
		});
		this.#paths = new Paths(this.#pathServices());
		this.#pipelines = new Pipelines(native, logger);
		this.#pushes = new Pushes({
			...{delivery, logger, open: createPush(native, metadata)},
			urlsOf: path => findPath(store.config, path)?.config.push ?? [],
			named: () => Object.keys(store.config.paths).filter(name => !isPattern(name)),
		});
		this.#control.on('state', ({name, state, isOnDemand}) => {
			this.#paths.tell({name, state});
			this.#pushes.tell({name, state});
			if (state !== 'ready' || isOnDemand) return;
			if (store.config.hlsAlwaysRemux) this.#web.hls.remux(name);
		});
	}

	/** Where pages, media and API are, without a slash at the end; undefined when HTTP is off. */
	get httpUrl(): string | undefined {
		const {httpAddress, httpServerCert} = this.#parts.store.config;
		const port = this.#http?.ports['httpAddress'];
		if (!httpAddress || port === undefined) return undefined;
		const scheme = httpServerCert === '' ? 'http' : 'https';
		return `${scheme}://${reachableHost(httpAddress.host)}:${port}`;
	}

	/** Where RTSP clients find the paths, without a slash at the end; undefined when RTSP is off. */
	get rtspUrl(): string | undefined {
		return this.#urlOf('rtsp', 'rtspAddress', this.#rtsp?.ports);
	}

	/** The same over TLS; undefined when that is off. */
	get rtspsUrl(): string | undefined {
		return this.#urlOf('rtsps', 'rtspsAddress', this.#rtsp?.ports);
	}

	/** Where encoders publish by RTMP, without a slash at the end; undefined when RTMP is off. */
	get rtmpUrl(): string | undefined {
		return this.#urlOf('rtmp', 'rtmpAddress', this.#rtmp?.ports);
	}

	/** The same over TLS; undefined when that is off. */
	get rtmpsUrl(): string | undefined {
		return this.#urlOf('rtmps', 'rtmpsAddress', this.#rtmp?.ports);
	}

	get config(): Config {
		return this.#parts.store.config;
	}

	get logger(): Logger {
		return this.#parts.logger;
	}

	/** Every path there is now. */
	paths(): PathFacts[] {
		return this.#control.list().map(facts => this.#withSent(facts));
	}

	/** One path by its name, configured or not; the same object each time. Throws PATH_NOT_FOUND for what can be no name. */
	path(name: string): Path {
		return this.#paths.path(name);
	}

	/**
	 * Runs a launch line of GStreamer. `hubsink path=NAME` in it publishes to a path whose source is `publisher`, as soon
	 * as it has media; `hubsrc path=NAME` reads a path. What goes wrong comes as the event `failed`.
	 */
	startPipeline(launchLine: string, options: {paused?: boolean} = {}): Pipeline {
		return this.#pipelines.start(launchLine, options);
	}

	/** Called by `createServer`, once. */
	async open(): Promise<void> {
		const {config} = this.#parts.store;
		const {httpAddress, hlsAddress, apiAddress, webrtcAddress} = config;
		const listeners = httpListeners({httpAddress, hlsAddress, apiAddress, webrtcAddress});
		const {native, logger} = this.#parts;
		this.#http = await createHttpServer({
			listeners,
			handlers: this.#handlers(),
			native: namingSockets(native, listeners),
			...this.#httpTls(),
			other: this.#tunnels(),
			logger,
		});
		const services = {
			...this.#parts,
			delivery: this.#delivery,
			gatekeeper: this.#gatekeeper,
			certificates: this.#certificates,
			metadata: this.#metadata,
		};
		this.#rtsp = await openRtsp(services);
		this.#rtmp = await openRtmp(services);
		this.#control.open();
		this.#pushes.settle();
	}

	/** RTSP within HTTP; in the clear only where RTSP may be so. */
	#tunnels(): OtherProtocol {
		const {rtspEncryption, httpServerCert} = this.#parts.store.config;
		const isTls = httpServerCert !== '';
		const isAllowed = isTls || rtspEncryption !== 'strict';
		return {
			begins: bytes => (isAllowed && this.#rtsp ? beginsTunnel(bytes) : 'no'),
			take: socket => this.#rtsp?.accept(socket, {isTls}),
		};
	}

	#urlOf(
		scheme: string,
		key: ConfiguredAddress['name'],
		ports: Readonly<Record<string, number>> = {},
	): string | undefined {
		const address = this.#parts.store.config[key];
		const port = ports[key];
		return address && port !== undefined
			? `${scheme}://${reachableHost(address.host)}:${port}`
			: undefined;
	}

	#httpTls(): {tls?: Certificate} {
		const {httpServerKey, httpServerCert} = this.#parts.store.config;
		if (httpServerKey === '' || httpServerCert === '') return {};
		return {tls: this.#certificates.read('httpServerKey', 'httpServerCert')};
	}

	/** Reads the configuration again; throws a MediaError and goes on as before when it is wrong. */
	reload(): void {
		this.#apply(this.#parts.store.reload());
	}

	/** Reloads whenever the file changes, until `close()`. */
	watch(file: string): void {
		this.#watch = watchFile(file, () => this.tryReload());
	}

	/** As `reload()`; a configuration that is wrong is logged. */
	tryReload(): void {
		try {
			this.reload();
		} catch (thrown) {
			const {code, message} = toMediaError(thrown);
			this.logger.error({code}, `configuration refused, all stays as it was: ${message}`);
		}
	}

	/** Lets readers, sources and peers go; resolves when all has ended, in some seconds at most. */
	async close(): Promise<void> {
		this.#closed ??= this.#close();
		return this.#closed;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.close();
	}

	async #close(): Promise<void> {
		this.#watch?.close();
		this.#certificates.close();
		this.#stats.close();
		const readers = [this.#web, this.#rtsp, this.#rtmp, this.#http];
		// What is sent away says goodbye while it has media.
		await withinTime(this.#pushes.close(), pushCloseTimeoutMs);
		const parts = [this.#pipelines, this.#control, ...readers];
		const ended = Promise.all(parts.map(async part => part?.close()));
		const inTime = await withinTime(ended, closeTimeoutMs);
		if (!inTime) this.logger.warn('some parts did not end in time and were left behind');
		this.#gatekeeper.close();
		this.#parts.native.close();
	}

	#apply({config, diff, warnings}: ConfigChange): void {
		const {logger} = this.#parts;
		for (const warning of warnings) logger.warn(warning);
		logger.level = config.logLevel;
		this.#control.reload(config);
		this.#pushes.settle();
		this.#endStrangers();
		const {added, removed, changed} = diff.paths;
		logger.info(
			`configuration loaded: ${added.length} paths added, ${removed.length} removed, ${changed.length} changed`,
		);
		for (const {key} of diff.global.filter(({isLive}) => !isLive))
			logger.warn(`${key} takes effect at the next start`);
	}

	/** Sessions of users whose name is no longer in the configuration. */
	#endStrangers(): void {
		const {authInternalUsers: users} = this.config;
		for (const {id, user} of this.#rtsp?.sessions() ?? [])
			if (user !== '' && isStranger(users, user)) this.#rtsp?.kick(id);
		for (const {id, user} of this.#rtmp?.connections() ?? [])
			if (user !== '' && isStranger(users, user)) this.#rtmp?.kick(id);
	}

	#handlers() {
		const {logger} = this.#parts;
		const directory = fileURLToPath(new URL('../dist/web', import.meta.url));
		return [
			...this.#web.handlers,
			createApi({services: this.#services(), logger}),
			createPages({directory, logger}),
		];
	}

	/** Control knows what comes in, readers what goes out. */
	#withSent(facts: PathFacts): PathFacts {
		const servers = [this.#rtsp, this.#rtmp].map(server => server?.bytesSent());
		const sent = [...this.#web.bytesSent(), ...servers];
		const bytesSent = sent.reduce((sum, byPath) => sum + (byPath?.get(facts.name) ?? 0), 0);
		return {...facts, bytesSent};
	}

	/** Who reads, by whatever protocol. */
	readers(): ReaderFacts[] {
		return [
			...this.#web.readers(),
			...readersOfRtsp(this.#rtsp?.sessions() ?? []),
			...readersOfRtmp(this.#rtmp?.connections() ?? []),
		];
	}

	#pathServices() {
		const control = this.#control;
		return {
			get: (name: string) => {
				const facts = control.get(name);
				return facts && this.#withSent(facts);
			},
			play: (name: string) => control.play(name),
			pause: (name: string) => control.pause(name),
			exit: (name: string) => control.exit(name),
		};
	}

	#services(): Services {
		const {store, native} = this.#parts;
		const {sluice: version, gstreamer} = native.version();
		return {
			info: () => ({version, gstreamer, started: this.#startedAt.toISOString()}),
			paths: {list: () => this.paths(), ...this.#pathServices()},
			config: {
				get config() {
					return store.config;
				},
				changePath: request => this.#apply(store.changePath(request)),
			},
			rtsp: rtspClients(() => this.#rtsp),
			rtmp: rtmpClients(() => this.#rtmp),
			pushes: this.#pushes,
			readers: () => this.readers(),
			stats: this.#stats,
			gatekeeper: this.#gatekeeper,
			metrics: createMetrics({
				paths: () => this.paths(),
				native: () => native.stats(),
				hls: () => this.#web.hls.facts(),
				rtsp: () => ({
					connections: this.#rtsp?.connections().length ?? 0,
					sessions: this.#rtsp?.sessions() ?? [],
				}),
				rtmp: () => this.#rtmp?.connections() ?? [],
				version,
			}),
			isReady: () => this.#http !== undefined && this.#closed === undefined,
		};
	}
}
