import {randomBytes} from 'node:crypto';
import dgram from 'node:dgram';
import {EventEmitter, on, once} from 'node:events';
import net from 'node:net';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';
import {isAuthorized} from './camera-auth.ts';
import type {Auth} from './camera-auth.ts';
import {CameraClock, pictureMs} from './camera-clock.ts';
import {describeCamera} from './camera-sdp.ts';
import {codecOf, loadPictures, loadSound} from './media.ts';
import type {Picture, PictureName} from './media.ts';
import {
	formatPacket,
	hevcPayloads,
	interleave,
	picturePayloads,
	senderReport,
	soundPayload,
} from './rtp.ts';
import type {Packet} from './rtp.ts';

/** What came in, as it was on the wire. */
export type Asked = {method: string; url: string; headers: Map<string, string>; session: number};

export type Reply = {status: string; headers: Map<string, string>; body: string};

export type Track = 'video' | 'audio';

/** How a camera differs from one that does everything right. */
export type Script = {
	pictures?: PictureName;
	hasSound?: boolean;
	/** Changes the description; `track` is the control of each track unless it says otherwise. */
	sdp?: (sdp: string) => string;
	/** Changes an answer in place, or gives the text of another one, or '' for none at all. */
	reply?: (reply: Reply, asked: Asked, session: Session) => string | void;
	/** Asks for a password: the challenges, strongest last, as cameras do. */
	auth?: Auth;
	/** Pictures that leave each 40 ms; 1 unless told otherwise. */
	pace?: number;
	/** By how many millionths its RTP clock runs faster than the world's; unset: it does not look at the world's. */
	clockPpm?: number;
	/** The payload of one sound of AAC. */
	sound?: (unit: Buffer) => Buffer;
	/** The payloads of one picture; FU-A and single NAL units unless it says otherwise. */
	payloads?: (picture: Picture, index: number) => Buffer[];
	/** Changes the packets of one picture or sound. */
	packets?: (packets: Packet[], index: number, track: Track) => Packet[];
	/**
	 * What the camera's clock shows, or a whole packet of RTCP, so many seconds of media after PLAY: told in a
	 * sender report of each track twice a second. Without it there are none.
	 */
	reports?: (seconds: number, track: Track) => number | Buffer | undefined;
	/** What becomes of UDP: packets from the port of the answer, from another one, or none; else 461. */
	udp?: 'announced' | 'elsewhere' | 'silent';
	/** A packet as it is encrypted. */
	sealed?: (packet: Buffer, track: Track, isRtcp: boolean) => Buffer;
	/** The bytes of one picture or sound on the wire. */
	wire?: (frames: Buffer[], index: number, session: Session) => Buffer[];
};

/** A camera that follows a script, on a real socket of 127.0.0.1. */
export class ScriptedCamera extends EventEmitter<{
	asked: [asked: Asked];
	picture: [count: number];
	session: [session: Session];
}> {
	readonly script: Script;
	readonly asked: Asked[] = [];
	readonly sessions: Session[] = [];
	readonly server = net.createServer(socket => this.#accept(socket));
	readonly pictures: Picture[];
	readonly sound = loadSound();

	constructor(script: Script) {
		super();
		this.script = script;
		this.pictures = loadPictures(script.pictures ?? 'plain');
		this.setMaxListeners(0);
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	url(path = '/live', userInfo = ''): string {
		return `rtsp://${userInfo}127.0.0.1:${this.port}${path}`;
	}

	get codec(): 'H264' | 'H265' {
		return codecOf(this.script.pictures ?? 'plain');
	}

	/** Of one picture, as a camera should send it. */
	payloads(picture: Picture): Buffer[] {
		return this.codec === 'H265' ? hevcPayloads(picture) : picturePayloads(picture);
	}

	methods(): string[] {
		return this.asked.map(({method}) => method);
	}

	/** The first, or so many-th, question of a kind. */
	async heard(method: string, count = 1): Promise<Asked> {
		const found = () => this.asked.filter(asked => asked.method === method)[count - 1];
		while (!found()) await once(this, 'asked');
		return found()!;
	}

	/** Looks again with every picture that is sent. */
	async untilPicture(holds: () => boolean): Promise<void> {
		if (holds()) return;
		for await (const _ of on(this, 'picture')) if (holds()) return;
	}

	#accept(socket: net.Socket): void {
		const session = new Session(this, socket, this.sessions.length);
		this.sessions.push(session);
		this.emit('session', session);
	}
}

/** One connection to a scripted camera. */
export class Session {
	readonly camera: ScriptedCamera;
	readonly socket: net.Socket;
	readonly number: number;
	/** What we said to the camera's own questions. */
	readonly answers: string[] = [];
	readonly channels = new Map<Track, number>();
	/** Where each track goes over UDP. */
	readonly ports = new Map<Track, number>();
	/** What came in on the ports of the answer. */
	readonly datagrams: Buffer[] = [];
	isPlaying = false;
	/** The compound packets of RTCP that came in. */
	readonly rtcp: Buffer[] = [];
	#text = Buffer.alloc(0);
	#timer: NodeJS.Timeout | undefined;
	readonly #clock = new CameraClock();
	#picture = 0;
	#unit = 0;
	#sequences = {video: 1000, audio: 2000};
	readonly #newest = new Map<Track, {timestamp: number; seconds: number}>();
	#questions = 0;
	#nonce = randomBytes(8).toString('hex');
	#announced: dgram.Socket | undefined;
	#elsewhere: dgram.Socket | undefined;

	constructor(camera: ScriptedCamera, socket: net.Socket, number: number) {
		this.camera = camera;
		this.socket = socket;
		this.number = number;
		socket.on('error', () => undefined);
		socket.on('close', () => this.#close());
		void this.#open();
	}

	/** Ports are there before the first SETUP, whose answer tells them. */
	async #open(): Promise<void> {
		if (this.camera.script.udp) {
			this.#announced = await openUdp();
			this.#announced.on('message', bytes => this.datagrams.push(bytes));
			this.#elsewhere = await openUdp();
			this.#elsewhere.on('message', bytes => this.rtcp.push(bytes));
		}
		this.socket.on('data', (bytes: Buffer) => this.#take(bytes));
	}

	play(): void {
		this.isPlaying = true;
		// eslint-disable-next-line no-restricted-syntax -- a camera keeps time
		this.#timer ??= setInterval(() => this.#sendDue(), pictureMs);
	}

	stop(): void {
		this.isPlaying = false;
		clearInterval(this.#timer);
		this.#timer = undefined;
	}

	#close(): void {
		this.stop();
		this.#announced?.close();
		this.#elsewhere?.close();
	}

	write(bytes: Buffer | string): void {
		if (this.socket.writable) this.socket.write(bytes);
	}

	#take(bytes: Buffer): void {
		this.#text = Buffer.concat([this.#text, bytes]);
		for (;;) {
			if (this.#text[0] === 0x24) {
				const end = this.#text.length < 4 ? Infinity : 4 + this.#text.readUInt16BE(2);
				if (this.#text.length < end) return;
				this.rtcp.push(this.#text.subarray(4, end));
				this.#text = this.#text.subarray(end);
				continue;
			}
			const end = this.#text.indexOf('\r\n\r\n');
			if (end < 0) return;
			const text = this.#text.toString('utf8', 0, end);
			this.#text = this.#text.subarray(end + 4);
			this.#hear(text);
		}
	}

	#hear(text: string): void {
		const [first = '', ...lines] = text.split('\r\n');
		if (first.startsWith('RTSP/')) {
			this.answers.push(text);
			this.camera.emit('asked', asAsked(first, lines, this.number));
			return;
		}
		const asked = asAsked(first, lines, this.number);
		this.camera.asked.push(asked);
		this.#answer(asked);
		this.camera.emit('asked', asked);
	}

	#answer(asked: Asked): void {
		const reply: Reply = {
			status: '200 OK',
			headers: new Map([['CSeq', asked.headers.get('cseq')!]]),
			body: '',
		};
		const challenge = this.#challenge(asked);
		if (challenge) {
			reply.status = '401 Unauthorized';
			reply.headers.set('WWW-Authenticate', challenge);
		} else this.#fill(reply, asked);
		const other = this.camera.script.reply?.(reply, asked, this);
		this.write(other ?? formatReply(reply));
		if (challenge || !reply.status.startsWith('200')) return;
		if (asked.method === 'PLAY') this.play();
		if (asked.method === 'PAUSE' || asked.method === 'TEARDOWN') this.stop();
	}

	#fill(reply: Reply, asked: Asked): void {
		const {headers} = reply;
		if (asked.method === 'OPTIONS')
			headers.set('Public', 'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN');
		if (asked.method === 'DESCRIBE') {
			headers.set('Content-Type', 'application/sdp').set('Content-Base', `${asked.url}/`);
			const sdp = describeCamera(this.camera);
			reply.body = this.camera.script.sdp?.(sdp) ?? sdp;
		}
		if (asked.method === 'SETUP') {
			const transport = asked.headers.get('transport')!;
			const port = /client_port=(\d+)/.exec(transport)?.[1];
			const track = asked.url.includes('sound') ? 'audio' : 'video';
			if (port && !this.#announced) reply.status = '461 Unsupported Transport';
			const ours = port ? this.#ports() : '';
			headers.set('Transport', `${transport}${ours};ssrc=11223344;mode="PLAY"`);
			const channel = Number(/interleaved=(\d+)/.exec(transport)?.[1] ?? 0);
			this.channels.set(track, channel);
			if (port) this.ports.set(track, Number(port));
		}
		if (!['OPTIONS', 'DESCRIBE'].includes(asked.method))
			headers.set('Session', `S${this.number};timeout=60`);
	}

	/** Of the answer: RTP, and where reports are taken. */
	#ports(): string {
		if (!this.#announced || !this.#elsewhere) return '';
		return `;server_port=${this.#announced.address().port}-${this.#elsewhere.address().port}`;
	}

	#challenge(asked: Asked): string | undefined {
		const {auth} = this.camera.script;
		if (!auth) return undefined;
		const given = asked.headers.get('authorization');
		const isRight = given !== undefined && isAuthorized(given, asked, auth, this.#nonce);
		const isDue = isRight && auth.everyQuestions && ++this.#questions % auth.everyQuestions === 0;
		if (isRight && !isDue) return undefined;
		if (isDue) this.#nonce = randomBytes(8).toString('hex');
		const stale = isDue && auth.isStaleSaid ? ', stale=true' : '';
		return auth.challenges
			.map(text => text.replace('NONCE', `"${this.#nonce}"${stale}`))
			.join('\r\nWWW-Authenticate: ');
	}

	#sendDue(): void {
		const {pace = 1, clockPpm} = this.camera.script;
		const due = clockPpm === undefined ? pace : this.#clock.due(this.#picture);
		for (let count = 0; count < due && this.isPlaying; count++) this.#send();
	}

	#send(): void {
		const {camera} = this;
		const index = this.#picture++;
		const picture = camera.pictures[index % camera.pictures.length]!;
		const round = Math.floor(index / camera.pictures.length);
		const pts = picture.pts + round * camera.pictures.length * 3600;
		const payloads = camera.script.payloads?.(picture, index) ?? camera.payloads(picture);
		const at = {index, timestamp: 90_000 + pts, seconds: pts / 90_000};
		const frames = this.#frames('video', payloads, at);
		const dueUnits = (index + 1) * 0.04 * (48_000 / 1024);
		while (this.channels.has('audio') && this.#unit < dueUnits) {
			const unit = camera.sound.units[this.#unit % camera.sound.units.length]!;
			const timestamp = this.#unit * 1024;
			const due = {index: this.#unit, timestamp, seconds: timestamp / 48_000};
			frames.push(...this.#frames('audio', [(camera.script.sound ?? soundPayload)(unit)], due));
			this.#unit++;
		}
		if (index % 12 === 0) frames.push(...this.#reports());
		for (const frame of camera.script.wire?.(frames, index, this) ?? frames) this.write(frame);
		camera.emit('picture', index + 1);
	}

	#frames(track: Track, payloads: Buffer[], at: Place): Buffer[] {
		const packets = payloads.map((payload, position) => ({
			payloadType: track === 'video' ? 96 : 97,
			marker: position === payloads.length - 1,
			sequence: this.#sequences[track]++,
			timestamp: this.#shown(at.timestamp),
			ssrc: ssrcs[track],
			payload,
		}));
		const changed = this.camera.script.packets?.(packets, at.index, track) ?? packets;
		const timestamp = changed.at(-1)?.timestamp ?? this.#shown(at.timestamp);
		this.#newest.set(track, {timestamp, seconds: at.seconds});
		return changed.flatMap(packet => this.#carried(track, formatPacket(packet)));
	}

	/** By a clock that drifts. */
	#shown(timestamp: number): number {
		return Math.round(timestamp * (1 + (this.camera.script.clockPpm ?? 0) / 1e6));
	}

	#reports(): Buffer[] {
		return [...this.#newest].flatMap(([track, {timestamp, seconds}]) => {
			const told = this.camera.script.reports?.(seconds, track);
			if (told === undefined) return [];
			const report = typeof told === 'number' ? senderReport(ssrcs[track], told, timestamp) : told;
			return this.#carried(track, report, 1);
		});
	}

	/** Over UDP at once. RTCP is one port, or channel, further. */
	#carried(track: Track, plain: Buffer, further = 0): Buffer[] {
		const bytes = this.camera.script.sealed?.(plain, track, further === 1) ?? plain;
		const port = this.ports.get(track);
		if (port === undefined) return [interleave((this.channels.get(track) ?? 0) + further, bytes)];
		this.#sendTo(port + further, bytes);
		return [];
	}

	#sendTo(port: number, datagram: Buffer): void {
		const {udp} = this.camera.script;
		const socket = udp === 'elsewhere' ? this.#elsewhere : this.#announced;
		if (udp !== 'silent') socket?.send(datagram, port, '127.0.0.1');
	}
}

type Place = {index: number; timestamp: number; seconds: number};

export const ssrcs: Readonly<Record<Track, number>> = {video: 0x11223344, audio: 0x55667788};

export const startScriptedCamera = async (
	t: ExecutionContext,
	script: Script = {},
): Promise<ScriptedCamera> => {
	const camera = new ScriptedCamera(script);
	camera.server.listen(0, '127.0.0.1');
	await once(camera.server, 'listening');
	t.teardown(() => {
		camera.server.close();
		for (const {socket} of camera.sessions) socket.destroy();
	});
	return camera;
};

const openUdp = async (): Promise<dgram.Socket> => {
	const socket = dgram.createSocket('udp4');
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	return socket;
};

export const formatReply = ({status, headers, body}: Reply): string => {
	if (body !== '') headers.set('Content-Length', `${Buffer.byteLength(body)}`);
	const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`);
	return `RTSP/1.0 ${status}\r\n${lines.join('')}\r\n${body}`;
};

const asAsked = (first: string, lines: string[], session: number): Asked => {
	const [method = '', url = ''] = first.split(' ');
	const headers = new Map(
		lines.map(line => {
			const colon = line.indexOf(':');
			return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
		}),
	);
	return {method, url, headers, session};
};
