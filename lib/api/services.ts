import type {Readable} from 'node:stream';
import type {Gatekeeper} from '../auth/gatekeeper.ts';
import type {Config} from '../config/schema.ts';
import type {PathFacts} from '../media/facts.ts';
import type {ReaderFacts} from '../media/reader-facts.ts';
import type {PathPushFacts} from '../media/push-facts.ts';
import type {
	RtmpConnectionFacts,
	RtspConnectionFacts,
	RtspSessionFacts,
} from '../media/session-facts.ts';
import type {Info} from './types.ts';

/** What a changing request to the configuration asks for. */
export type ConfigRequest =
	| {type: 'add' | 'patch' | 'replace'; name: string; config: Record<string, unknown>}
	| {type: 'delete'; name: string};

/** The paths, as far as the API shows and steers them; those that do not exist throw PATH_NOT_FOUND. */
export type Paths = {
	list(): PathFacts[];
	get(name: string): PathFacts | undefined;
	play(name: string): void;
	pause(name: string): void;
	exit(name: string): void;
};

/** Clients of the RTSP server; empty lists where it is off. */
export type RtspClients = {
	sessions(): RtspSessionFacts[];
	connections(): RtspConnectionFacts[];
	/** False: there is no such session. */
	kick(session: string): boolean;
	/** False: there is no such connection. */
	kickConnection(connection: string): boolean;
};

/** Clients of the RTMP server; an empty list where it is off. */
export type RtmpClients = {
	connections(): RtmpConnectionFacts[];
	/** False: there is no such connection. */
	kick(connection: string): boolean;
	/** Asks to connect anew, to `tcUrl` or to the same place. Undefined: no such connection; false: its client cannot. */
	askToReconnect(connection: string, tcUrl: string): boolean | undefined;
};

/** Where paths are sent. */
export type PathPushes = {
	list(): PathPushFacts[];
	/** Undefined: nowhere. */
	get(name: string): PathPushFacts | undefined;
};

/** The configuration in force. What is refused throws a MediaError and changes nothing. */
export type ConfigAccess = {
	readonly config: Config;
	changePath(request: ConfigRequest): void;
};

/** Everything that the API's handlers see. */
export type Services = {
	info(): Info;
	paths: Paths;
	config: ConfigAccess;
	rtsp: RtspClients;
	rtmp: RtmpClients;
	pushes: PathPushes;
	/** Who reads, by whatever protocol. */
	readers(): ReaderFacts[];
	/** All that is going on, as Server-Sent Events. */
	stats: {follow(): Readable};
	/** Who may ask for what. */
	gatekeeper: Pick<Gatekeeper, 'judge'>;
	/** Figures for Prometheus. */
	metrics: {readonly contentType: string; render(): Promise<string>};
	/** False until every listener is open, and again while the server ends. */
	isReady(): boolean;
};
