// The URLs of docs/guides/2-cameras.md, against a camera that knows exactly one URL.
import {readFileSync} from 'node:fs';
import test from 'ava';
import {formatRtspUrl, parseRtspUrl} from '../../../../lib/protocols/rtsp/url.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';

const guide = readFileSync(
	new URL('../../../../docs/guides/2-cameras.md', import.meta.url),
	'utf8',
);
const urls = [
	...new Set([...guide.matchAll(/`(rtsps?:\/\/[^`]*CAMERA[^`]*)`/g)].map(([, url]) => url!)),
];

test('the guide has the URLs of all brands', t => {
	t.true(urls.length >= 20);
});

const isUnderstood = test.macro({
	exec(t, text: string) {
		const url = parseRtspUrl(text);
		const [, user, password, port, path] =
			/^rtsps?:\/\/(?:(\w+):(\w+)@)?CAMERA(?::(\d+))?(.*)$/.exec(text)!;
		t.deepEqual(url, {
			ok: true,
			value: {
				isTls: text.startsWith('rtsps'),
				tunnel: 'none',
				host: 'CAMERA',
				port: port === undefined ? undefined : Number(port),
				credentials: user === undefined ? undefined : {user, password: password!},
				path: path!,
			},
		});
	},
	title: (_, text) => `${text} is understood`,
});

const isAskedFor = test.macro({
	async exec(t, text: string) {
		const [, path = ''] = /CAMERA(?::\d+)?(.*)$/.exec(text)!;
		const [user, password] = ['admin', 'p@ss:w/rd%'];
		const challenges = ['Basic realm="cam"', 'Digest realm="cam", nonce=NONCE, qop="auth"'];
		const camera = await startScriptedCamera(t, {auth: {user, password, challenges}});
		const pull = startPull(t, camera.url(path, `${user}:${password}@`));
		await untilFrames(camera, pull, 5);
		const asked = camera.asked.filter(({method}) => method === 'DESCRIBE').at(-1);
		t.is(asked?.url, camera.url(path));
		t.is((await camera.heard('SETUP')).url, `${camera.url(path)}/picture`);
		await pull.close();
		t.is(camera.methods().at(-1), 'TEARDOWN');
	},
	title: (_, text) => `a camera is asked for ${text} to the letter`,
});

for (const url of urls) {
	test(isUnderstood, url);
	test(isAskedFor, url);
}

test('a URL without user and password goes out as it came in', t => {
	for (const text of urls.filter(url => !url.includes('@'))) {
		const url = parseRtspUrl(text);
		t.is(url.ok ? formatRtspUrl(url.value) : url.reason, text);
	}
});
