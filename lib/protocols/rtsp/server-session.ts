import type {RtspRequest} from './message.ts';
import type {RequestTarget} from './request-url.ts';
import type {RtspAnswer} from './status.ts';

/** A request whose URL has been understood. */
export type ServerRequest = RtspRequest & {target: RequestTarget};

/** What is told of one session, by the field names of MediaMTX where it has them. */
export type SessionFacts = {
	id: string;
	/** ISO 8601. */
	created: string;
	/** Address and port. */
	remoteAddr: string;
	state: 'idle' | 'read' | 'publish';
	path: string;
	query: string;
	user: string;
	transport: 'TCP' | 'UDP' | 'UDP-multicast' | null;
	profile: 'AVP' | 'SAVP' | null;
	/** Ids of its connections. */
	conns: string[];
	bytesReceived: number;
	bytesSent: number;
	/** Pictures left out because the reader was late. */
	droppedPictures: number;
	/** By the reader's reports; null = none came. */
	reportedLost: number | null;
	/** Seconds. */
	jitter: number | null;
	roundTripTime: number | null;
};

/** What a client's dialogue is about: readers and publishers are the two kinds of it. */
export type ServerSession = {
	/** As it is listed. */
	readonly id: string;
	/** What the Session header says; nobody can guess it. */
	readonly secret: string;
	/** Milliseconds without a request after which it is over, unless it lives by itself. */
	readonly timeoutMs: number;
	/** Media flows over the connection, and that is life enough. */
	readonly livesByItself: boolean;
	/** By method; what is missing is not valid now (455). */
	methods(): Readonly<Record<string, SessionMethod | undefined>>;
	/** What came on an interleaved channel while the connection read it itself. */
	interleaved?(channel: number, data: Buffer): void;
	/** Once a second: ends itself when its peer takes nothing any more. */
	check(): void;
	facts(): SessionFacts;
	/** Lets go of everything; the connection stays. May be called twice. */
	close(reason: string): void;
};

export type SessionMethod = (request: ServerRequest) => Promise<RtspAnswer> | RtspAnswer;
