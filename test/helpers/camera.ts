import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';

export type CameraOptions = {
	/** A launch line whose payloaders are called pay0, pay1 ... */
	launch?: string;
	auth?: 'basic' | 'digest';
	user?: string;
	password?: string;
	/** Distance of key frames in pictures. */
	gop?: number;
	/** Of RTP, instead of AVP. */
	profile?: 'AVPF' | 'SAVP' | 'SAVPF';
	/** Any free one unless told otherwise. */
	port?: number;
};

export type Camera = {port: number; url: string; stop: () => Promise<void>};

const script = fileURLToPath(new URL('gst_rtsp_server.py', import.meta.url));

const testPictures = (gop: number): string =>
	'( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1 ! ' +
	`x264enc tune=zerolatency speed-preset=ultrafast key-int-max=${gop} bframes=0 ! ` +
	'video/x-h264,profile=baseline ! rtph264pay name=pay0 pt=96 ' +
	'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! avenc_aac ! ' +
	'rtpmp4gpay name=pay1 pt=97 )';

/** gst-rtsp-server as a camera at rtsp://127.0.0.1:PORT/live. */
export const startCamera = async (
	t: ExecutionContext,
	options: CameraOptions = {},
): Promise<Camera> => {
	const {launch = testPictures(options.gop ?? 25), user, password = ''} = options;
	const auth = user === undefined ? [] : [options.auth ?? 'digest', user, password];
	const child = spawn('/usr/bin/python3', [script, launch, ...auth], {
		env: {
			...process.env,
			CAMERA_PORT: String(options.port ?? 0),
			CAMERA_PROFILE: options.profile ?? '',
		},
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const closed = once(child, 'close');
	const stop = async () => {
		child.kill('SIGKILL');
		await closed;
	};
	t.teardown(stop);
	const [line] = (await Promise.race([
		once(createInterface({input: child.stdout}), 'line'),
		closed.then(() => Promise.reject(new Error('gst-rtsp-server did not start'))),
	])) as [string];
	const port = Number(line);
	return {port, url: `rtsp://127.0.0.1:${port}/live`, stop};
};
