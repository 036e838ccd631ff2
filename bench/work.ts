// What a row starts: the processes that are measured, and those that only keep them busy.
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';

/** What is there before a row starts. */
export type Scene = {
	/** The camera that all figures are about, one for all its clients, and its process. */
	url: string;
	/** The same, a camera of its own for each client. */
	own: string;
	camera: ChildProcess;
	units: number;
	/** Empty; for the files of this measurement. */
	folder: string;
};

export type Work = {
	measured: ChildProcess[];
	helpers: ChildProcess[];
	/** What went wrong so far; such a run is not counted. */
	complaints: () => string[];
};

export type StartWork = (scene: Scene) => Promise<Work>;

const root = fileURLToPath(new URL('..', import.meta.url));

/** `sluice` with a configuration. */
export const server =
	(config: (scene: Scene) => object): StartWork =>
	async scene => {
		const {child, lines} = startServer(scene.folder, config(scene));
		return Promise.resolve({measured: [child], helpers: [], complaints: lossesOf(lines)});
	};

/** A server on ports of its own while `use` runs; told are its URLs without a path. */
export const withServer = async <Result>(
	paths: object,
	use: (urls: {rtsp: string; rtmp: string}) => Promise<Result>,
): Promise<Result> => {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
	const [rtsp, rtmp] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
	const config = {httpAddress: '127.0.0.1:0', rtspAddress: rtsp, rtmpAddress: rtmp};
	const others = {logLevel: 'warn', rtspTransports: ['tcp']};
	const {child} = startServer(folder, {...others, ...config, paths});
	try {
		for (const address of [rtsp, rtmp]) await listening(Number(address.split(':')[1]));
		return await use({rtsp: `rtsp://${rtsp}`, rtmp: `rtmp://${rtmp}`});
	} finally {
		child.kill('SIGTERM');
		await once(child, 'exit');
		rmSync(folder, {recursive: true});
	}
};

/** How RTP goes to readers. */
export type Carriage = 'tcp' | 'udp';

/** `sluice` with one path, `cam`, and as many RTSP readers of it. */
export const readersOfSluice =
	(carriage: Carriage): StartWork =>
	async ({url, units, folder}) => {
		const port = await freePort();
		const address = `127.0.0.1:${port}`;
		const rtp = {rtpAddress: '127.0.0.1:0', rtcpAddress: '127.0.0.1:0'};
		const config = {httpAddress: '127.0.0.1:0', rtspAddress: address, ...rtp, rtmpAddress: 'off'};
		const paths = {cam: {source: url, rtspTransport: 'tcp'}};
		const {child, lines} = startServer(folder, {logLevel: 'warn', ...config, paths});
		await listening(port);
		const readers = startReaders(`rtsp://${address}/cam`, units, carriage);
		return {measured: [child], helpers: [readers], complaints: lossesOf(lines)};
	};

/** `sluice` with one path, `cam`, and as many viewers of its low-latency HLS. */
export const viewersOfSluice: StartWork = async ({url, units, folder}) => {
	const port = await freePort();
	const config = {httpAddress: `127.0.0.1:${port}`, rtspAddress: 'off', rtmpAddress: 'off'};
	const paths = {cam: {source: url, rtspTransport: 'tcp'}};
	const hls = {hlsVariant: 'lowLatency', hlsPartDuration: '200ms'};
	const {child, lines} = startServer(folder, {logLevel: 'warn', ...config, ...hls, paths});
	await listening(port);
	// Until the camera is there viewers are refused.
	await sleep(5000);
	const viewers = startHelper(
		'hls-viewers.ts',
		`http://127.0.0.1:${port}/cam/index.m3u8`,
		`${units}`,
	);
	return {measured: [child], helpers: [viewers], complaints: lossesOf(lines)};
};

/** The same readers at the camera itself: what gst-rtsp-server takes for it. */
export const readersOfCamera =
	(carriage: Carriage): StartWork =>
	async ({url, units, camera}) => {
		const readers = startReaders(url, units, carriage);
		return Promise.resolve({measured: [camera], helpers: [readers], complaints: none});
	};

/** MediaMTX is measured where `MEDIAMTX` names its program. */
export const mediamtx = process.env['MEDIAMTX'];

/** MediaMTX with these paths. */
export const serverOfMediamtx =
	(paths: (scene: Scene) => object): StartWork =>
	async scene => {
		const child = startMediamtx(scene.folder, {rtspAddress: '127.0.0.1:0', paths: paths(scene)});
		return Promise.resolve({measured: [child], helpers: [], complaints: none});
	};

/** MediaMTX with one path, `cam`, and as many RTSP readers of it. */
export const readersOfMediamtx =
	(carriage: Carriage): StartWork =>
	async ({url, units, folder}) => {
		const port = await freePort();
		const config = {
			rtspAddress: `127.0.0.1:${port}`,
			rtspTransports: [carriage],
			paths: {cam: {source: url, rtspTransport: 'tcp'}},
		};
		const child = startMediamtx(folder, config);
		await listening(port);
		// Until the camera is there readers are refused.
		await sleep(3000);
		const readers = startReaders(`rtsp://127.0.0.1:${port}/cam`, units, carriage);
		return {measured: [child], helpers: [readers], complaints: none};
	};

/** Each camera on to an RTMP server, by a process of its own. */
export const toRtmp =
	(command: (url: string, target: string) => string[]): StartWork =>
	async ({own, units, folder}) => {
		const port = await freePort();
		const rtmp = startRtmpServer(folder, port);
		await listening(port);
		const target = (index: number) => `rtmp://127.0.0.1:${port}/live/cam${index}`;
		const measured: ChildProcess[] = [];
		for (let index = 0; index < units; index++) {
			measured.push(start(command(own, target(index))));
			await sleep(500); // cameras of one wall do not start at once
		}
		return {measured, helpers: [rtmp], complaints: none};
	};

/** A server of RTMP, its port and what there is to complain about it. */
type RtmpTarget = {child: ChildProcess; port: number; complaints: () => string[]};

/** `sluice` as a server of RTMP alone. */
export const rtmpOfSluice = async (folder: string): Promise<RtmpTarget> => {
	const port = await freePort();
	const off = {httpAddress: 'off', rtspAddress: 'off', hls: false};
	const config = {logLevel: 'warn', ...off, rtmpAddress: `127.0.0.1:${port}`};
	const {child, lines} = startServer(folder, {...config, paths: {all_others: {}}});
	return {child, port, complaints: lossesOf(lines)};
};

/** nginx with its RTMP module. */
export const rtmpOfNginx = async (folder: string): Promise<RtmpTarget> => {
	const port = await freePort();
	return {child: startRtmpServer(folder, port), port, complaints: none};
};

/** So many encoders send the camera to a server of RTMP. */
export const publishersTo =
	(open: (folder: string) => Promise<RtmpTarget>): StartWork =>
	async ({url, units, folder}) => {
		const {child, port, complaints} = await open(folder);
		await listening(port);
		const encoders = startPublishers(url, port, units);
		return {measured: [child], helpers: [encoders], complaints};
	};

/** One encoder sends it, and so many players read it there. */
export const playersOf =
	(open: (folder: string) => Promise<RtmpTarget>): StartWork =>
	async ({url, units, folder}) => {
		const {child, port, complaints} = await open(folder);
		await listening(port);
		const encoder = startPublishers(url, port, 1);
		// Until it is there players are refused.
		await sleep(5000);
		const players = startHelper(
			'rtmp-players.ts',
			`rtmp://127.0.0.1:${port}/live/cam0`,
			`${units}`,
		);
		return {measured: [child], helpers: [encoder, players], complaints};
	};

const startPublishers = (camera: string, port: number, count: number): ChildProcess =>
	startHelper('rtmp-publishers.ts', camera, `rtmp://127.0.0.1:${port}/live/cam`, `${count}`);

export const streamer = (url: string, target: string): string[] => [
	join(root, 'bin/streamer'),
	url,
	target,
];

export const ffmpegCopy = (url: string, target: string): string[] =>
	`ffmpeg -v error -rtsp_transport tcp -i ${url} -c copy -f flv ${target}`.split(' ');

const none = (): string[] => [];

const lossesOf = (lines: () => string[]) => () => lines().filter(line => line.includes('source '));

export const startServer = (folder: string, config: object) => {
	const file = join(folder, 'sluice.yml');
	writeFileSync(file, JSON.stringify(config));
	const child = spawn(join(root, 'bin/sluice'), [file], {stdio: ['ignore', 'pipe', 'inherit']});
	let text = '';
	child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
	return {child, lines: () => text.split('\n')};
};

const startMediamtx = (folder: string, config: object): ChildProcess => {
	const file = join(folder, 'mediamtx.yml');
	const others = {rtmp: false, hls: false, webrtc: false, srt: false, rtspTransports: ['tcp']};
	writeFileSync(file, JSON.stringify({logLevel: 'error', ...others, ...config}));
	return start([mediamtx ?? 'mediamtx', file]);
};

const start = ([command = '', ...args]: string[]): ChildProcess =>
	spawn(command, args, {stdio: ['ignore', 'ignore', 'inherit']});

export const startReaders = (
	url: string,
	count: number,
	carriage: Carriage = 'tcp',
): ChildProcess => startHelper('readers.ts', url, `${count}`, carriage);

const startHelper = (program: string, ...args: string[]): ChildProcess =>
	start([process.execPath, fileURLToPath(new URL(program, import.meta.url)), ...args]);

const startRtmpServer = (folder: string, port: number): ChildProcess => {
	mkdirSync(join(folder, 'logs'));
	const file = join(folder, 'nginx.conf');
	writeFileSync(file, rtmpConfiguration(folder, port));
	return start(['nginx', '-p', folder, '-c', file, '-e', 'stderr']);
};

const rtmpConfiguration = (folder: string, port: number): string => `
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events {}
rtmp { access_log off; server { listen 127.0.0.1:${port}; application live { live on; } } }
`;

/** Whatever has not ended by itself. */
export const end = async (child: ChildProcess): Promise<void> => {
	if (child.exitCode !== null) return;
	child.kill('SIGTERM');
	await once(child, 'exit');
};

export const freePort = async (): Promise<number> => {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const {port} = probe.address() as AddressInfo;
	probe.close();
	await once(probe, 'close');
	return port;
};

export const listening = async (port: number): Promise<void> => {
	for (;;) {
		const socket = connect(port, '127.0.0.1');
		const isOpen = await Promise.race([
			once(socket, 'connect').then(
				() => true,
				() => false,
			),
		]);
		socket.destroy();
		if (isOpen) return;
		await sleep(100);
	}
};
