import type {RtspSessionFacts} from '../../media/session-facts.ts';
import type {RtspRequest} from './message.ts';
import type {RequestTarget} from './request-url.ts';
import type {ServerConnection} from './server-connection.ts';
import type {RtspAnswer} from './status.ts';

/** A request whose URL has been understood. */
export type ServerRequest = RtspRequest & {target: RequestTarget};

/** What a client's dialogue is about: readers and publishers are the two kinds of it. */
export type ServerSession = {
	/** As it is listed. */
	readonly id: string;
	/** What the Session header says; nobody can guess it. */
	readonly secret: string;
	/** Milliseconds without a sign of life after which it is over. */
	readonly timeoutMs: number;
	/** Milliseconds since a sign of life beside requests; 0: media flows over the connection, and that is life enough. */
	readonly silentMs: number;
	/** It goes on without its connection, as long as it is not silent: media over UDP. */
	readonly outlivesConnection: boolean;
	/** Where it is asked from: the address of its connection. */
	readonly address: string;
	/** Its client has come back. */
	moveTo?(connection: ServerConnection): void;
	/** By method; what is missing is not valid now (455). */
	methods(): Readonly<Record<string, SessionMethod | undefined>>;
	/** What came on an interleaved channel while the connection read it itself. */
	interleaved?(channel: number, data: Buffer): void;
	/** Once a second: ends itself when its peer takes nothing any more. */
	check(): void;
	facts(): RtspSessionFacts;
	/** Lets go of everything; the connection stays. May be called twice. */
	close(reason: string): void;
};

export type SessionMethod = (request: ServerRequest) => Promise<RtspAnswer> | RtspAnswer;
