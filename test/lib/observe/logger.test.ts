import {spawnSync} from 'node:child_process';
import test from 'ava';
import {MediaError} from '../../../lib/errors.ts';
import {createLogger} from '../../../lib/observe/logger.ts';

const open = (format: 'pretty' | 'json', level: 'info' | 'debug' = 'info') => {
	const lines: string[] = [];
	const output = {write: (line: string) => void lines.push(line)};
	return {lines, logger: createLogger({level, format, output})};
};

test('a line for people has time, level, what it is about, and the fact', t => {
	const {lines, logger} = open('pretty');
	logger
		.child({path: 'cam'})
		.info('source ready: 2 tracks (H264 1920x1080 25 fps, AAC 48 kHz stereo)');
	t.is(lines.length, 1);
	t.regex(
		lines[0] ?? '',
		/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INF \[path cam\] source ready: 2 tracks \(H264 1920x1080 25 fps, AAC 48 kHz stereo\)\n$/,
	);
});

test('what is no subject stands at the end', t => {
	const {lines, logger} = open('pretty');
	logger.child({path: 'cam', reader: 'hls-1'}).warn({bytes: 5, why: {a: 1}}, 'slow');
	t.regex(lines[0] ?? '', /WRN \[path cam\] \[reader hls-1\] slow bytes=5 why={"a":1}\n$/);
});

test('an error is told with its code, and with its stack only when it is a fault of ours', t => {
	const {lines, logger} = open('pretty');
	logger.error(
		{err: new MediaError('RTSP_UNAUTHORIZED', 'Camera wants another password')},
		'source failed',
	);
	logger.error({err: new MediaError('RTSP_CONNECT', 'No connection')});
	logger.error({err: new TypeError('x is not a function')}, 'request failed');
	t.regex(
		lines[0] ?? '',
		/ERR source failed: Camera wants another password \(RTSP_UNAUTHORIZED\)\n$/,
	);
	t.regex(lines[1] ?? '', /ERR No connection \(RTSP_CONNECT\)\n$/);
	t.regex(lines[2] ?? '', /ERR request failed: x is not a function\n\s+at .*logger\.test\.ts/);
});

test('elsewhere a line is one JSON object', t => {
	const {lines, logger} = open('json');
	logger
		.child({path: 'cam'})
		.info({err: new MediaError('RTSP_CONNECT', 'No connection', {peer: 'a'})}, 'lost');
	const line = JSON.parse(lines[0] ?? '') as unknown;
	t.like(line, {
		level: 30,
		path: 'cam',
		msg: 'lost',
		err: {code: 'RTSP_CONNECT', context: {peer: 'a'}},
	});
});

for (const format of ['pretty', 'json'] as const) {
	test(`no password of a URL gets into a line of ${format}`, t => {
		const {lines, logger} = open(format);
		const url = 'rtsp://admin:sec"ret@camera/x';
		const plain = 'rtsp://admin:secret@camera/x';
		logger.child({source: plain}).info({url: plain, list: [{plain}]}, `opening ${plain}`);
		logger.error(
			{err: new MediaError('RTSP_CONNECT', `No ${plain}`, {plain, cause: new Error(plain)})},
			plain,
		);
		logger.error({err: new Error(plain)});
		t.false(lines.join('').includes('secret'));
		t.true(lines.join('').includes('rtsp://admin:***@camera/x'));
		t.notThrows(() => logger.info(url));
	});
}

test('what a stranger says stays on its line and steers no terminal', t => {
	const {lines, logger} = open('pretty');
	logger.info('agent "a\nb\u001B[2Jc\u202E"');
	t.regex(lines[0] ?? '', /agent "a\\u000ab\\u001b\[2Jc\\u202e"\n$/);
});

test('levels below the one that is asked for are left out, and the level can change', t => {
	const {lines, logger} = open('pretty');
	logger.debug('no');
	logger.level = 'debug';
	logger.debug('yes');
	t.deepEqual(
		lines.map(line => line.slice(20)),
		['DBG yes\n'],
	);
});

test('standard output gets JSON where it is no terminal, and the last line before an exit', t => {
	const script = `import('./lib/observe/logger.ts').then(({createLogger}) => {
		createLogger({level: 'info'}).info('last');
		process.exit(3);
	});`;
	const {stdout, status} = spawnSync(process.execPath, ['-e', script], {encoding: 'utf8'});
	t.is(status, 3);
	t.like(JSON.parse(stdout), {level: 30, msg: 'last'});
});
