import type {ServerError} from '../shared/api-client.ts';

export type TransportState = 'opening' | 'playing' | 'waiting';

/** A way to bring a path into a video element, which begins again for ever; `change` tells of every change. */
export type Transport = EventTarget & {
	readonly state: TransportState;
	/** Why it does not play, as the server said it. */
	readonly error: ServerError | undefined;
	/** Seconds from reality to the screen, as far as it is known. */
	readonly behindSeconds: number | undefined;
	open(): void;
	close(): void;
};
