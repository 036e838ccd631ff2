import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';
import {makeFolder} from './command.ts';

export type RtmpServer = {
	port: number;
	/** `rtmp://127.0.0.1:PORT/live`; a stream key follows. */
	url: string;
	/** Kills it. */
	stop: () => Promise<void>;
	/** Stands still as a peer does whose cable was pulled. */
	freeze: () => void;
};

/**
 * nginx with its RTMP module; `live` takes whoever publishes, `closed` nobody, `pulled` fetches what is played from the
 * application `pull`. `patience`: how it leaves silent peers. `records`: a folder for what is published, KEY.flv.
 */
export const startRtmpServer = async (
	t: ExecutionContext,
	{
		port = 0,
		patience = '',
		pull = '',
		records = '',
	}: {port?: number; patience?: string; pull?: string; records?: string} = {},
): Promise<RtmpServer> => {
	const chosen = port || (await freePort());
	const folder = makeFolder(t);
	mkdirSync(`${folder}/logs`);
	writeFileSync(
		`${folder}/nginx.conf`,
		configuration({folder, port: chosen, patience, pull, records}),
	);
	const child = spawn('nginx', ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr'], {
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	const closed = once(child, 'close');
	const stop = async () => {
		child.kill('SIGKILL');
		await closed;
	};
	t.teardown(stop);
	await untilConnected(chosen);
	const url = `rtmp://127.0.0.1:${chosen}/live`;
	return {port: chosen, url, stop, freeze: () => child.kill('SIGSTOP')};
};

type Settings = {folder: string; port: number; patience: string; pull: string; records: string};

// One process, so that a signal reaches all of it.
const configuration = ({folder, port, patience, pull, records}: Settings): string => `
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events {}
rtmp {
	access_log off;
	server {
		listen 127.0.0.1:${port};
		${patience}
		application live { live on; ${records && `record all; record_path ${records};`} }
		application closed { live on; deny publish all; }
		application pulled { live on; ${pull && `pull ${pull};`} }
	}
}
`;

/** One that was free a moment ago; for programs that cannot choose one by themselves. */
export const freePort = async (): Promise<number> => {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
};

/** Waits until somebody listens there. */
export const untilConnected = async (port: number): Promise<void> => {
	for (;;) {
		const socket = connect(port, '127.0.0.1');
		const isOpen = await new Promise<boolean>(resolve => {
			socket.once('connect', () => resolve(true));
			socket.once('error', () => resolve(false));
		});
		socket.destroy();
		if (isOpen) return;
		await new Promise(resolve => setImmediate(resolve));
	}
};
