import {toMediaError} from '../errors.ts';
import {createServer} from '../server.ts';
import type {Server} from '../server.ts';
import type {Order} from './arguments.ts';

/** A server that has ended lets the process end; what still runs after this is cut off. */
const exitTimeoutMs = 3000;

/** Serves until a signal ends it; the answer is the exit code, 2 when nothing could be started. */
export const serve = async ({
	file,
	urls,
}: Pick<Extract<Order, {type: 'serve'}>, 'file' | 'urls'>): Promise<number> => {
	const stop = stopRequested();
	let server: Server;
	try {
		server = await createServer({
			...(file !== undefined && {configFile: file}),
			...(urls && {urls}),
			env: process.env,
		});
	} catch (error) {
		process.stderr.write(`sluice: ${toMediaError(error).message}\n`);
		return leave(2);
	}
	tellWhere(server);
	process.on('SIGHUP', () => server.tryReload());
	process.on('uncaughtException', error => crash(server, error));
	const reason = await stop;
	server.logger.info(`${reason}: closing`);
	await server.close();
	server.logger.info('closed');
	return leave(0);
};

const tellWhere = (server: Server): void => {
	const {httpUrl, rtspUrl, rtspsUrl, rtmpUrl, rtmpsUrl, logger} = server;
	for (const url of [rtspUrl, rtspsUrl])
		if (url !== undefined) logger.info(`streams are at ${url}/<path>`);
	for (const url of [rtmpUrl, rtmpsUrl])
		if (url !== undefined) logger.info(`encoders publish to ${url}/<path>`);
	if (httpUrl === undefined) logger.info('serving; HTTP is off');
	else logger.info(`serving; the page is at ${httpUrl}/`);
};

/** Asked twice is asked once: a terminal's Ctrl-C reaches parent and child, and the parent passes it on. */
const stopRequested = async (): Promise<string> =>
	new Promise(resolve => {
		for (const signal of ['SIGTERM', 'SIGINT'] as const)
			process.on(signal, () => resolve(`asked to end by ${signal}`));
		process.on('disconnect', () => resolve('supervisor is gone'));
	});

/** Nothing is known to be whole any more: the supervisor starts a new process. */
const crash = (server: Server, error: unknown): void => {
	server.logger.error({err: error}, 'crashed');
	process.exit(1);
};

const leave = (code: number): number => {
	if (process.connected) process.disconnect();
	setTimeout(() => process.exit(code), exitTimeoutMs).unref();
	return code;
};
