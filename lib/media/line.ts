import type {ControlMessage, DeliveryMessage, Port} from './messages.ts';

export type Line = {
	control: Port<ControlMessage, DeliveryMessage>;
	delivery: Port<DeliveryMessage, ControlMessage>;
};

/**
 * The two ends of a line within one thread. What one end posts reaches the other in order and in a
 * microtask, so that neither half ever finds itself called from within its own call.
 */
export const createLine = (): Line => {
	const control: Line['control'] = {post: message => send(delivery, message), onMessage: ignore};
	const delivery: Line['delivery'] = {post: message => send(control, message), onMessage: ignore};
	return {control, delivery};
};

const send = <In>(end: {onMessage: (message: In) => void}, message: In): void =>
	queueMicrotask(() => end.onMessage(message));

const ignore = (): void => {};
