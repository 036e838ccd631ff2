/** What a dialogue with a camera goes over: a socket, or a tunnel that stands for one. Its bytes go where they were said to go. */
export type Line = {
	readonly remoteAddress?: string | undefined;
	readonly writable: boolean;
	/** Bytes that wait to be sent. */
	readonly writableLength: number;
	readonly destroyed: boolean;
	write(data: string | Uint8Array): unknown;
	pause(): unknown;
	resume(): unknown;
	destroy(error?: Error): unknown;
	on(event: 'error', listener: (error: Error) => void): unknown;
	/** `close` is the last event. */
	on(event: 'end' | 'close', listener: () => void): unknown;
};

export type LineEvents = {error: [error: Error]; end: []; close: []};
