// Every publisher to every reader, all readers at once: test/go is the one on gortsplib.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {makeFolder, runCommand} from '../helpers/command.ts';
import {buildGoPeer} from '../helpers/go-peer.ts';
import type {GoReport} from '../helpers/go-peer.ts';
import {readByGstreamer} from '../helpers/gst-reader.ts';
import {fetchText, startPaths, untilAnswer} from '../helpers/server.ts';
import {tlsKeys} from '../helpers/tls.ts';

const [width, height, pictures] = [160, 120, 200];

type Peers = {t: ExecutionContext; mp4: string; ts: string; folder: string; go: string};
/** The ways that media goes; TLS is TCP to another address, HTTP a tunnel. */
const ways = ['tcp', 'tls', 'udp', 'http'] as const;
type Way = (typeof ways)[number];
/** SRTP goes over TLS, to those who know it. */
type ReaderWay = Way | 'multicast' | 'srtp';

type Publish = (url: string, way: Way, peers: Peers) => [command: string, ...string[]];
/** Reads so many pictures and tells what went wrong. */
type Read = (url: string, way: ReaderWay, peers: Peers) => Promise<string>;

/** As each of them says where and by which way. */
const ffmpegTransport: Record<ReaderWay, string> = {
	...{tcp: 'tcp', tls: 'tcp', udp: 'udp', http: 'http'},
	...{multicast: 'udp_multicast', srtp: 'tcp'},
};
const gstreamerProtocols: Record<Exclude<ReaderWay, 'http'>, readonly string[]> = {
	tcp: ['protocols=tcp'],
	tls: ['protocols=tcp'],
	udp: ['protocols=udp'],
	multicast: ['protocols=udp-mcast', 'multicast-iface=lo'],
	srtp: ['protocols=tcp'],
};
const gstreamerWords = (url: string, way: ReaderWay): string[] =>
	way === 'http'
		? [`location=${url.replace('rtsp:', 'rtsph:')}`]
		: [`location=${url}`, ...gstreamerProtocols[way], 'tls-validation-flags=0'];
const goWords: Record<ReaderWay, readonly string[]> = {
	tcp: ['-transport', 'tcp'],
	tls: ['-transport', 'tcp'],
	udp: ['-transport', 'udp'],
	http: ['-transport', 'tcp', '-tunnel', 'http'],
	multicast: ['-transport', 'multicast'],
	srtp: ['-transport', 'tcp'],
};

const publishers: Record<string, Publish> = {
	ffmpeg: (url, way, {mp4}) => [
		...(['ffmpeg', '-nostdin', '-v', 'fatal', '-re', '-i', mp4, '-c', 'copy'] as const),
		...['-f', 'rtsp', '-rtsp_transport', ffmpegTransport[way], url],
	],
	rtspclientsink: (url, way, {ts}) => [
		...(['gst-launch-1.0', '-q', 'rtspclientsink', 'name=s'] as const),
		...[...gstreamerWords(url, way), 'filesrc', `location=${ts}`],
		...'! tsdemux ! h264parse ! s. audiotestsrc is-live=true ! mulawenc ! s.'.split(' '),
	],
	gortsplib: (url, way, {ts, go}) => [go, 'publish', ...goWords[way], '-in', ts, url],
};

const readers: Record<string, Read> = {
	ffmpeg: async (url, way) => {
		const {stdout, stderr} = await runCommand('ffmpeg', [
			...['-nostdin', '-v', 'error', '-rtsp_transport', ffmpegTransport[way], '-i', url],
			...['-frames:v', `${pictures}`, '-fps_mode', 'passthrough', '-progress', 'pipe:1'],
			...['-f', 'null', '-'],
		]);
		const count = Number(/.*^frame=(\d+)$/ms.exec(stdout)?.[1]);
		return stderr + fault(count);
	},
	rtspsrc: async (url, way, {t}) => {
		const size = width * height * 1.5;
		const rtspsrc = ['rtspsrc', ...gstreamerWords(url, way)];
		const line = [...rtspsrc, ...'! rtph264depay ! avdec_h264 ! fdsink'.split(' ')];
		const {bytes, said} = await readByGstreamer(t, line, pictures * size);
		return said + fault(bytes.length / size);
	},
	gortsplib: async (url, way, {folder, go}) => {
		const file = `${folder}/pictures.h264`;
		const words = [...goWords[way], '-pictures', `${pictures}`, '-out', file, url];
		const {stdout, stderr} = await runCommand(go, ['read', ...words]);
		if (stderr !== '') return stderr;
		const report = JSON.parse(stdout) as GoReport;
		const decoded = await runCommand('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-']);
		const wrong = report.lost + report.errors > 0 || report.sounds === 0;
		return decoded.stderr + fault(report.pictures) + (wrong ? stdout : '');
	},
};

const fault = (count: number): string =>
	count >= pictures ? '' : `expected ${pictures} pictures, got ${count}`;

/** Many small pictures a second, so that there are enough of them soon. */
const makeFilms = async (folder: string): Promise<Pick<Peers, 'mp4' | 'ts'>> => {
	const [mp4, ts] = [`${folder}/film.mp4`, `${folder}/film.ts`];
	await runCommand('ffmpeg', [
		...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=${width}x${height}:rate=100`],
		...'-f lavfi -i sine=sample_rate=48000 -t 30 -c:v libx264 -preset ultrafast'.split(' '),
		...'-tune zerolatency -g 50 -pix_fmt yuv420p -c:a aac'.split(' '),
		mp4,
	]);
	await runCommand('ffmpeg', ['-v', 'error', '-i', mp4, '-c', 'copy', ts]);
	return {mp4, ts};
};

const publish = (t: ExecutionContext, [command, ...words]: [string, ...string[]]) => {
	const child = spawn(command, words, {stdio: ['ignore', 'ignore', 'inherit']});
	const ended = once(child, 'exit');
	t.teardown(async () => {
		child.kill('SIGKILL');
		await ended;
	});
};

/** Who publishes by which way; of each, all read at once, by one way after the other. */
const round = test.macro({
	exec: async (t, publishing: Record<string, Way>) => {
		const go = await buildGoPeer(t);
		if (go === undefined) return;
		const films = await makeFilms(makeFolder(t));
		const {server, said} = await startPaths(t, {all_others: {}}, tlsKeys('optional'));
		const urlOf = (way: Way, path: string) =>
			`${(way === 'tls' ? server.rtspsUrl : server.rtspUrl) ?? ''}/${path}`;
		const readAll = async (path: string, first: number) => {
			await said(new RegExp(`\\[${path}\\] source ready`));
			const all = Object.entries(readers).map(async ([name, read], index) => {
				const way = ways[(first + index) % ways.length] ?? 'tcp';
				const peers = {t, ...films, go, folder: makeFolder(t)};
				const wrong = await read(urlOf(way, path), way, peers);
				t.is(wrong, '', `${name} over ${way} of what ${path} publishes`);
			});
			await Promise.all(all);
		};
		const reading = Object.entries(publishing).map(async ([name, way], index) => {
			const command = publishers[name]?.(urlOf(way, name), way, {t, ...films, go, folder: ''});
			if (command) publish(t, command);
			await readAll(name, index);
		});
		await Promise.all(reading);
	},
	title: (_, publishing: Record<string, Way>) => {
		const names = Object.entries(publishing).map(([name, way]) => `${name} over ${way}`);
		return `what ${names.join(', ')} publish is read by ${Object.keys(readers).join(', ')}`;
	},
});

test.serial(round, {ffmpeg: 'tcp', rtspclientsink: 'tls', gortsplib: 'tcp'});
// Over TLS gortsplib publishes SRTP.
test.serial(round, {ffmpeg: 'tls', rtspclientsink: 'tcp', gortsplib: 'tls'});
test.serial(round, {ffmpeg: 'udp', rtspclientsink: 'udp', gortsplib: 'udp'});
// ffmpeg publishes within nothing.
test.serial(round, {rtspclientsink: 'http', gortsplib: 'http'});

type Session = {transport: string; profile: string};

/** Until readers have been seen by each of these ways, together or one after the other. */
const untilSeen = async (url: string, expected: readonly string[]): Promise<void> => {
	const seen = new Set<string>();
	const look = async (list: string) => {
		const {items} = JSON.parse(await fetchText(`${url}/v3/${list}/list`)) as {items: Session[]};
		for (const {transport, profile} of items) seen.add(`${transport} ${profile}`);
	};
	await untilAnswer(
		() => Promise.all(['rtspsessions', 'rtspssessions'].map(look)),
		() => expected.every(way => seen.has(way)),
	);
};

/** gortsplib hears no multicast on the loopback interface, and ffmpeg cannot be told the interface. */
const those: Record<string, readonly ReaderWay[]> = {
	ffmpeg: ['udp'],
	rtspsrc: ['multicast', 'srtp', 'udp'],
	gortsplib: ['srtp', 'udp'],
};

test.serial('multicast, SRTP and UDP of one path are read all at once', async t => {
	const go = await buildGoPeer(t);
	if (go === undefined) return;
	const films = await makeFilms(makeFolder(t));
	const multicast = {multicastInterface: '127.0.0.1', multicastIPRange: '239.78.0.0/24'};
	const keys = {...tlsKeys('optional'), rtspSrtp: true, ...multicast};
	const {server, url, said} = await startPaths(t, {cam: {}}, keys);
	const peers = () => ({t, ...films, go, folder: makeFolder(t)});
	const rtsp = `${server.rtspUrl}/cam`;
	publish(t, publishers['ffmpeg']!(rtsp, 'tcp', peers()));
	await said(/\[cam\] source ready/);
	const reading = Object.entries(those).flatMap(([name, their]) =>
		their.map(async way => {
			const from = way === 'srtp' ? `${server.rtspsUrl}/cam` : rtsp;
			t.is(await readers[name]!(from, way, peers()), '', `${name} over ${way}`);
		}),
	);
	await untilSeen(url, ['UDP-multicast AVP', 'TCP SAVP', 'UDP AVP']);
	await Promise.all(reading);
});
