// Readers for measurements: as many RTSP sessions as wanted, whose media is thrown away.
// usage: readers.ts URL COUNT [tcp|udp]
import {connect} from 'node:net';
import type {Socket} from 'node:net';
import {openNative} from '../lib/native/native.ts';
import {bindPair} from '../lib/protocols/rtsp/udp-pair.ts';

const [url = '', count = '1', carriage = 'tcp'] = process.argv.slice(2);
const {hostname, port} = new URL(url);
const trash = Buffer.alloc(1 << 20);

/** One dialogue until PLAY was answered; from then on nothing is looked at. */
const read = async (): Promise<void> => {
	let text = '';
	let playing = false;
	let heard = () => {};
	const socket = connect({
		host: hostname,
		port: Number(port),
		onread: {
			buffer: trash,
			callback: (length, buffer) => {
				if (playing) return true;
				text += Buffer.from(buffer.buffer, 0, length).toString('latin1');
				heard();
				return true;
			},
		},
	});
	socket.on('close', () => fail('the server hung up'));
	socket.on('error', error => fail(error.message));
	const ask = async (lines: string[]) => {
		text = '';
		socket.write([...lines, '', ''].join('\r\n'));
		// gst-rtsp-server sends media before its answer to PLAY.
		const answer = () => text.slice(Math.max(0, text.indexOf('RTSP/1.0 ')));
		while (!isWhole(answer())) await new Promise<void>(resolve => (heard = resolve));
		if (!answer().startsWith('RTSP/1.0 200')) fail(answer().split('\r\n')[0] ?? '');
		return answer();
	};
	const session = await setUp(await describe(ask), ask);
	await ask([`PLAY ${url} RTSP/1.0`, 'CSeq: 9', `Session: ${session}`, 'Range: npt=0-']);
	playing = true;
	keepAlive(socket, session);
};

type Ask = (lines: string[]) => Promise<string>;

const describe = async (ask: Ask): Promise<string[]> => {
	const answer = await ask([`DESCRIBE ${url} RTSP/1.0`, 'CSeq: 1', 'Accept: application/sdp']);
	const base = (/^Content-Base: *(\S+)/im.exec(answer)?.[1] ?? url).replace(/\/?$/, '/');
	const media = answer.slice(answer.indexOf('m='));
	const controls = [...media.matchAll(/^a=control:(\S+)/gm)].map(([, control]) => control ?? '');
	return controls.map(control => (control.startsWith('rtsp') ? control : base + control));
};

const setUp = async (tracks: string[], ask: Ask): Promise<string> => {
	let session = '';
	for (const [index, track] of tracks.entries()) {
		const answer = await ask([
			`SETUP ${track} RTSP/1.0`,
			`CSeq: ${index + 2}`,
			`Transport: ${transports[carriage]?.(index) ?? ''}`,
			...(session === '' ? [] : [`Session: ${session}`]),
		]);
		session = /^Session: *([^;\s]+)/im.exec(answer)?.[1] ?? '';
	}
	return session;
};

/** What comes over UDP is not read: it fills a receive buffer, and the kernel drops the rest. */
const transports: Record<string, (track: number) => string> = {
	tcp: track => `RTP/AVP/TCP;unicast;interleaved=${track * 2}-${track * 2 + 1}`,
	udp: () => {
		const binder = (native ??= openNative());
		const range = {host: hostname, range: [32_768, 60_999], key: 'readers.ts'};
		return `RTP/AVP;unicast;client_port=${bindPair(binder, range).ports.join('-')}`;
	},
};
let native: ReturnType<typeof openNative> | undefined;

const isWhole = (text: string): boolean => {
	const end = text.indexOf('\r\n\r\n');
	if (end < 0) return false;
	const length = Number(/^Content-Length: *(\d+)/im.exec(text)?.[1] ?? 0);
	return text.length >= end + 4 + length;
};

const keepAlive = (socket: Socket, session: string): void => {
	const lines = [`OPTIONS ${url} RTSP/1.0`, 'CSeq: 10', `Session: ${session}`, '', ''];
	setInterval(() => socket.write(lines.join('\r\n')), 20_000);
};

const fail = (reason: string): never => {
	process.stderr.write(`readers: ${reason}\n`);
	process.exit(1);
};

for (let index = 0; index < Number(count); index++) await read();
