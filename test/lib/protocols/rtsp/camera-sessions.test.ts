// acceptance/rtsp-cameras.md, lines 1 to 10, 13 and 33: what cameras do to a session and its headers.
import test from 'ava';
import type {ErrorCode} from '../../../../lib/errors.ts';
import {parseReceiverReports} from '../../../../lib/protocols/rtsp/receiver-report.ts';
import {header, isPulled, on} from '../../../helpers/is-pulled.ts';
import type {Change} from '../../../helpers/is-pulled.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {formatReply, ssrcs, startScriptedCamera} from '../../../helpers/scripted-camera.ts';
import type {Script} from '../../../helpers/scripted-camera.ts';

// Lines 1 and 2.
const contentBase = (value: (port: number) => string): Script =>
	header('DESCRIBE', 'Content-Base', (_, session) => value(session.camera.port));
test(
	isPulled,
	'1: a camera whose Content-Base has no scheme',
	contentBase(port => `127.0.0.1:${port}/live/`),
);
test(
	isPulled,
	'1: a camera whose Content-Base has its scheme twice',
	contentBase(port => `rtsp://rtsp://127.0.0.1:${port}/live/`),
);
test(
	isPulled,
	'1: a camera whose Content-Base is of another host',
	contentBase(() => 'rtsp://10.9.8.7/live/'),
);
test(
	isPulled,
	'1: a camera whose Content-Base has IPv6 without brackets',
	contentBase(() => 'rtsp://fe80::1:554/live/'),
);
test(isPulled, '1: a camera without Content-Base', {
	reply: on('DESCRIBE', reply => {
		reply.headers.delete('Content-Base');
	}),
});
test(isPulled, '1: a camera whose Content-Base has a path that it does not know', {
	reply: (reply, asked) => {
		if (asked.method === 'DESCRIBE') reply.headers.set('Content-Base', 'rtsp://camera/wrong/');
		if (asked.url.includes('/wrong')) reply.status = '404 Not Found';
	},
});

/** Knows its track by one URL only. */
const control = (value: string, setUpPath: string): Script => ({
	sdp: sdp => sdp.replace('a=control:picture', `a=control:${value}`),
	reply: on('SETUP', (reply, {url}, {camera}) => {
		if (url !== camera.url(setUpPath)) reply.status = '404 Not Found';
	}),
});
test(
	isPulled,
	'2: a camera with an absolute control',
	control('rtsp://10.9.8.7:554/live/t1', '/live/t1'),
);
test(isPulled, '2: a camera with a control from the root', control('/t1', '/t1'));
test(isPulled, '2: a camera with a whole path as control', control('/live/t1', '/live/t1'));
test(
	isPulled,
	'2: a camera with a query before its control',
	control('t1', '/live?c=1&s=0/t1'),
	'/live?c=1&s=0',
);
test(
	isPulled,
	'2: a camera with a query behind its control',
	control('t1', '/live/t1?c=1/'),
	'/live?c=1',
);

// Line 3.
test(isPulled, '3: a camera that does not say Content-Type', {
	reply: on('DESCRIBE', reply => {
		reply.headers.delete('Content-Type');
	}),
});
test(isPulled, '3: a camera that answers 401 to whoever does not say User-Agent', {
	reply: (reply, {headers}) => {
		if (!headers.has('user-agent')) reply.status = '401 Unauthorized';
	},
});

// Line 4.
test(isPulled, '4: a camera that ends its lines with \\n', {
	reply: reply => {
		reply.body = reply.body.replaceAll('\r\n', '\n');
		return formatReply(reply).replaceAll('\r\n', '\n');
	},
});
test(isPulled, '4: a camera that writes header names in its own case', {
	reply: reply => formatReply(reply).replace(/^[\w-]+:/gm, name => name.toUpperCase()),
});
test(isPulled, '4: a camera that says headers twice', {
	reply: reply => formatReply(reply).replace(/^(CSeq|Session|Transport): .*\r\n/gm, '$&$&'),
});
test(isPulled, '4: a camera that puts line ends in front of its frames', {
	wire: frames => frames.flatMap(frame => [Buffer.from('\r\n'), frame]),
});
test(isPulled, '4: a camera that answers every question under the same number', {
	reply: reply => {
		reply.headers.set('CSeq', '1');
	},
});
test(isPulled, '4: a camera that leaves the number of the question out', {
	reply: reply => {
		reply.headers.delete('CSeq');
	},
});

// Line 5.
const transport = (value: string, channel = 0): Script =>
	header('SETUP', 'Transport', (_, session) => {
		session.channels.set('video', channel);
		return value;
	});
test(
	isPulled,
	'5: a camera that says ssrc first, with blanks around it',
	transport('ssrc= 11223344 ;RTP/AVP/TCP;unicast;interleaved=0-1'),
);
test(
	isPulled,
	'5: a camera that says things nobody knows',
	transport('RTP/AVP/TCP;unicast;interleaved=0-1;x=1;;y'),
);
test(
	isPulled,
	'5: a camera that says RTP/AVP for TCP',
	transport('RTP/AVP;unicast;interleaved=0-1'),
);
test(isPulled, '5: a camera that names one channel', transport('RTP/AVP/TCP;interleaved=0'));
test(
	isPulled,
	'5: a camera that takes other channels than asked for',
	transport('RTP/AVP/TCP;interleaved=6-7', 6),
);
test(isPulled, '5: a camera that names no channel', transport('RTP/AVP/TCP;unicast'));
test(isPulled, '5: a camera that says nothing of the transport', {
	reply: on('SETUP', reply => {
		reply.headers.delete('Transport');
	}),
});

test(isPulled, '5: a camera that tells its SSRC in RTP-Info only (Reolink)', {
	reply: (reply, {method}) => {
		if (method === 'SETUP') reply.headers.set('Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1');
		if (method === 'PLAY')
			reply.headers.set('RTP-Info', 'url=picture;seq=1000;rtptime=90000;ssrc=11223344');
	},
});

test('line 5: a camera that does not tell its ports (OpenIPC) is pulled over UDP', async t => {
	const camera = await startScriptedCamera(t, {
		udp: 'announced',
		reply: on('SETUP', reply => {
			const transport = reply.headers.get('Transport')!;
			reply.headers.set('Transport', transport.replace(/;server_port=[\d-]+/, ''));
		}),
	});
	const pull = startPull(t, camera.url(), {rtspTransport: 'udp'});
	await untilFrames(camera, pull);
	t.like(pull.stats(), {damagedFrames: 0, lostPackets: 0});
});

test('line 5: a camera that answers UDP with TCP is asked once more from DESCRIBE on (Hikvision)', async t => {
	const camera = await startScriptedCamera(t, {
		hasSound: true,
		udp: 'silent',
		reply: (reply, {method, headers}, {camera: {asked}, ports}) => {
			const hasAskedUdp = headers.get('transport')?.includes('client_port') === true;
			if (method === 'SETUP' && hasAskedUdp) {
				ports.clear();
				reply.headers.set('Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1');
			}
			const lastSetup = asked.findLastIndex(({headers: it}) =>
				it.get('transport')?.includes('client_port'),
			);
			const isDescribed = asked.slice(lastSetup).some(it => it.method === 'DESCRIBE');
			if (method === 'PLAY' && !isDescribed) reply.status = '455 Method Not Valid In This State';
		},
	});
	const pull = startPull(t, camera.url(), {rtspTransport: 'automatic'});
	await untilFrames(camera, pull);
	t.is(pull.epochs[0]?.tracks.length, 2);
	t.regex(pull.log(), /camera answers UDP with TCP/);
	const setUps = camera.asked.filter(({method}) => method === 'SETUP');
	t.deepEqual(
		setUps.map(({headers}) => headers.get('transport')!.includes('interleaved')),
		[false, true, true],
	);
});

test('line 5: a camera that answers SETUP with UDP is told apart', async t => {
	const camera = await startScriptedCamera(t, transport('RTP/AVP;unicast;client_port=5000-5001'));
	const error = await startPull(t, camera.url()).failure();
	t.is(error?.code, 'RTSP_REFUSED');
	t.regex(error!.message, /RTP over TCP/);
	t.is(camera.methods().at(-1), 'TEARDOWN');
});

test('line 5: a camera that offers no TCP is told apart', async t => {
	const camera = await startScriptedCamera(t, {
		reply: on('SETUP', reply => {
			reply.status = '461 Unsupported transport';
		}),
	});
	const error = await startPull(t, camera.url()).failure();
	t.is(error?.code, 'RTSP_REFUSED');
	t.regex(error!.message, /RTP over TCP.*461/);
});

// Line 6.
const rtpInfo = (value: string): Script => header('PLAY', 'RTP-Info', () => value);
test(
	isPulled,
	'6: a camera whose RTP-Info ends in a semicolon',
	rtpInfo('url=picture;seq=1000;rtptime=90000;'),
);
test(isPulled, '6: a camera whose RTP-Info has no rtptime', rtpInfo('url=picture;seq=1000'));
test(
	isPulled,
	'6: a camera whose RTP-Info is not true',
	rtpInfo('url=picture;seq=0;rtptime=4294967295'),
);
test(isPulled, '6: a camera whose RTP-Info is nonsense', rtpInfo(';;seq=x,,='));

// Line 9.
const shortSession =
	(change: Change = () => undefined): Change =>
	(reply, asked, session) => {
		if (reply.headers.has('Session')) reply.headers.set('Session', `S${session.number};timeout=1`);
		return change(reply, asked, session);
	};

test('line 9: a session is kept alive by OPTIONS in its timeout', async t => {
	const camera = await startScriptedCamera(t, {reply: shortSession()});
	startPull(t, camera.url());
	const asked = await camera.heard('OPTIONS', 4);
	t.is(asked.headers.get('session'), 'S0');
	t.false(camera.methods().includes('GET_PARAMETER'));
});

for (const [offered, method] of [
	['get_parameter', 'GET_PARAMETER'],
	['SET_PARAMETER, GET_PARAMETER', 'GET_PARAMETER'],
	['SET_PARAMETER', 'SET_PARAMETER'],
] as const)
	test(`line 9: a session is kept alive by ${method} too where ${offered} is offered`, async t => {
		const camera = await startScriptedCamera(t, {
			reply: shortSession((reply, asked) => {
				if (asked.method === 'OPTIONS') reply.headers.set('Public', `OPTIONS, ${offered}`);
			}),
		});
		startPull(t, camera.url());
		await camera.heard(method, 2);
		t.deepEqual(
			[...new Set(camera.methods())].filter(it => it.endsWith('PARAMETER')),
			[method],
		);
	});

const keepsOn = test.macro({
	async exec(t, _title: string, status: string | undefined) {
		const camera = await startScriptedCamera(t, {
			reply: shortSession((reply, {method}, session) => {
				if (method === 'OPTIONS') reply.headers.set('Public', 'OPTIONS, GET_PARAMETER');
				if (!session.isPlaying || !['OPTIONS', 'GET_PARAMETER'].includes(method)) return undefined;
				reply.status = status ?? '';
				return status === undefined ? '' : undefined;
			}),
		});
		const pull = startPull(t, camera.url(), {readTimeoutMs: 2000});
		await camera.heard('OPTIONS', 5);
		await untilFrames(camera, pull, pull.stats().frames + 5);
		t.is(camera.sessions.length, 1);
	},
	title: (_, title) => `line 9: a session lives on when ${title}`,
});
test(keepsOn, 'keepalives are refused', '405 Method Not Allowed');
test(keepsOn, 'keepalives are not answered', undefined);

test('line 9: a camera that waits for RTCP gets receiver reports', async t => {
	const camera = await startScriptedCamera(t);
	startPull(t, camera.url());
	await camera.untilPicture(() => (camera.sessions[0]?.rtcp.length ?? 0) > 0);
	t.is(parseReceiverReports(camera.sessions[0]!.rtcp[0]!)[0]?.ssrc, ssrcs.video);
});

test('line 10: a camera that has room for one session gives it again after TEARDOWN', async t => {
	const script: Script = {};
	let taken = 0;
	script.reply = (reply, {method}) => {
		if (method === 'SETUP' && ++taken > 1) reply.status = '453 Not Enough Bandwidth';
		if (method === 'TEARDOWN') taken = 0;
	};
	const camera = await startScriptedCamera(t, script);
	for (let time = 0; time < 3; time++) {
		const pull = startPull(t, camera.url());
		await untilFrames(camera, pull, 5);
		await pull.close();
		t.is(await pull.failure(), undefined);
	}
	t.is(camera.sessions.length, 3);
});

// Lines 10 and 33.
const isRefused = test.macro({
	async exec(t, method: string, status: string, code: ErrorCode) {
		const camera = await startScriptedCamera(t, {
			reply: on(method, reply => {
				reply.status = status;
			}),
		});
		const error = await startPull(t, camera.url()).failure();
		t.is(error?.code, code);
		t.true(error!.message.includes(status));
		if (method === 'PLAY') t.is(camera.methods().at(-1), 'TEARDOWN');
	},
	title: (_, method, status) =>
		`line 33: ${method} answered by ${status} ends the try with the reason`,
});
test(isRefused, 'DESCRIBE', '404 Not Found', 'RTSP_NOT_FOUND');
test(isRefused, 'DESCRIBE', '503 Service Unavailable', 'RTSP_REFUSED');
test(isRefused, 'SETUP', '453 Not Enough Bandwidth', 'RTSP_REFUSED');
test(isRefused, 'PLAY', '454 Session Not Found', 'RTSP_REFUSED');

test(isPulled, '13: a camera that refuses whatever is required', {
	reply: (reply, {headers}) => {
		if (headers.has('require')) reply.status = '551 Option not supported';
	},
});
test(isPulled, 'a camera that knows no OPTIONS', {
	reply: on('OPTIONS', reply => {
		reply.status = '501 Not Implemented';
	}),
});
test(isPulled, 'a camera that takes no Range', {
	reply: on('PLAY', (reply, {headers}) => {
		if (headers.has('range')) reply.status = '457 Invalid Range';
	}),
});
test(isPulled, 'a camera that refuses its own sound', {
	hasSound: true,
	reply: on('SETUP', (reply, {url}) => {
		if (url.includes('sound')) reply.status = '500 Internal Server Error';
	}),
});

test('line 33: a camera that plays nothing is silent within 5 s, and told to tear down', async t => {
	const camera = await startScriptedCamera(t, {wire: () => []});
	const error = await startPull(t, camera.url(), {readTimeoutMs: 20_000}).failure();
	t.is(error?.code, 'RTSP_SILENT');
	t.regex(error!.message, /got nothing for 5000 ms/);
	t.is(camera.methods().at(-1), 'TEARDOWN');
});

test('line 33: a camera of which nothing more is heard, not even the end, is silent', async t => {
	const camera = await startScriptedCamera(t);
	const pull = startPull(t, camera.url(), {readTimeoutMs: 2000});
	await untilFrames(camera, pull, 5);
	const {socket} = camera.sessions[0]!;
	camera.sessions[0]!.stop();
	socket.removeAllListeners('data').pause();
	t.is((await pull.failure())?.code, 'RTSP_SILENT');
});

test('line 33: a camera that reboots is lost', async t => {
	const camera = await startScriptedCamera(t);
	const pull = startPull(t, camera.url());
	await untilFrames(camera, pull, 5);
	camera.sessions[0]!.socket.resetAndDestroy();
	t.is((await pull.failure())?.code, 'RTSP_LOST');
});
