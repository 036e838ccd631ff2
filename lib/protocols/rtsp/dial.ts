import {openHttpLine} from './http-line.ts';
import type {Line} from './line.ts';
import {openSocket} from './socket.ts';
import type {SocketOptions, TakeBytes} from './socket.ts';
import {openWebSocketLine} from './web-socket-line.ts';

export type DialOptions = SocketOptions & {
	take: TakeBytes;
	/** Where a WebSocket is opened. */
	webSocketPath: string;
};

/** A line to a camera, through the tunnel that its URL names; rejects with RTSP_CONNECT. */
export const dial = async (options: DialOptions): Promise<Line> => {
	switch (options.url.tunnel) {
		case 'none':
			return openSocket(options);
		case 'http':
			return openHttpLine(options);
		case 'websocket':
			return openWebSocketLine(options);
		default:
			return options.url.tunnel satisfies never;
	}
};
