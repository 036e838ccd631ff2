import {linkSync, symlinkSync, writeFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {checkOptions} from '../../../lib/streamer/options.ts';
import type {StreamerOptions} from '../../../lib/streamer/options.ts';
import {makeFolder} from '../../helpers/command.ts';

const check = (options: StreamerOptions) => {
	const checked = checkOptions(options);
	return checked.ok ? checked.value : checked.reason;
};

test('units of the outside become those of the inside', t => {
	t.like(check({output: 'a.ts', duration: '1m30s', http: ':9000'}), {
		durationUs: 90_000_000,
		http: {host: '127.0.0.1', port: 9000},
		input: {type: 'test', source: 'test:'},
		hls: 'mpegts',
	});
});

test('without a host commands are taken from this machine only, with one from wherever it says', t => {
	t.like(check({output: 'a.ts', http: ':0'}), {http: {host: '127.0.0.1', port: 0}});
	t.like(check({output: 'a.ts', http: '0.0.0.0:80'}), {http: {host: '0.0.0.0', port: 80}});
	t.like(check({output: 'a.ts', http: '[::]:80'}), {http: {host: '::', port: 80}});
});

test('the same file by other names is the same file', t => {
	const folder = makeFolder(t);
	const file = `${folder}/a.ts`;
	writeFileSync(file, '');
	linkSync(file, `${folder}/hard.ts`);
	symlinkSync(file, `${folder}/soft.ts`);
	for (const output of [file, `${folder}/hard.ts`, `${folder}/soft.ts`, `${folder}/./a.ts`])
		t.is(
			check({input: pathToFileURL(file).href, output}),
			'expected an OUTPUT other than the INPUT',
		);
});

test('a segment of the OUTPUT is no INPUT, by whatever name', t => {
	const folder = makeFolder(t);
	const output = `${folder}/index.m3u8`;
	writeFileSync(`${folder}/index00001.ts`, '');
	symlinkSync(`${folder}/index00001.ts`, `${folder}/soft.ts`);
	symlinkSync(folder, `${folder}/round`);
	const reason = 'expected an INPUT that is no segment of the OUTPUT';
	for (const name of ['index00001.ts', 'soft.ts', 'round/index00001.ts', 'index12345.ts'])
		t.is(check({input: `${folder}/${name}`, output}), reason, name);
	t.is(check({input: `${folder}/0123abcd_segment1.m4s`, output, hls: 'fmp4'}), reason);
	for (const input of [`${folder}/index1.ts`, `${folder}/0123abcd_segment1.m4s`, '/index00001.ts'])
		t.like(check({input, output}), {output: {type: 'hls'}}, input);
	t.like(check({input: `${folder}/index00001.ts`, output, hls: 'fmp4'}), {hls: 'fmp4'});
});

test('a file that is there is no OUTPUT for the test picture unless that is asked for', t => {
	const file = `${makeFolder(t)}/film.mp4`;
	t.like(check({output: file}), {input: {type: 'test'}});
	writeFileSync(file, 'a film');
	t.is(
		check({output: file}),
		`expected INPUT and OUTPUT, since ${file} is there; INPUT test: replaces it with a test picture`,
	);
	t.like(check({input: 'test:', output: file}), {input: {type: 'test'}});
});

for (const [input, type] of [
	['film.mp4', 'file'],
	['./a b.mkv', 'file'],
	['file:///film.mp4', 'file'],
	['rtsp://user:p@ss@camera/x', 'rtsp'],
	['rtmp://server/live/key', 'rtmp'],
	['rtmp://user:password@server/live/key', 'uri'],
	['srt://server:9000?streamid=x', 'uri'],
	['srt://:9000?mode=listener', 'uri'],
	['https://server/a.m3u8', 'uri'],
	['test:?size=64x64', 'test'],
] as const)
	test(`${input} is an input of the kind ${type}`, t =>
		t.like(check({input, output: 'out.ts'}), {input: {type}}));

for (const [output, kind] of [
	['a.MP4', {type: 'file', format: 'mp4'}],
	['a.flv', {type: 'file', format: 'flv'}],
	['live/index.m3u8', {type: 'hls'}],
	['file:///a.ts', {type: 'file', format: 'ts', location: '/a.ts'}],
	['rtmps://server/live/key', {type: 'rtmp', url: 'rtmps://server/live/key'}],
	['rtsp://server/x', {type: 'rtsp'}],
	['rtsps://server/x', {type: 'rtsp'}],
	['srt://server:9000', {type: 'srt'}],
] as const)
	test(`${output} is an output of the kind ${kind.type}`, t =>
		t.like(check({output}), {output: kind}));

for (const [url, reason] of [
	['rtmp://server', 'expected a URL such as rtmp://server/application/key, got "rtmp://server"'],
	[
		'rtmp://user:secret@server/one',
		'expected an application and a key, as in rtmp://server/application/key, got "rtmp://user:***@server/one"',
	],
] as const) {
	test(`${url} is no input, and why`, t => t.is(check({input: url, output: 'a.ts'}), reason));
	test(`${url} is no output, and why`, t => t.is(check({output: url}), reason));
}

for (const input of ['rtmp:///live', 'rtmp:x', 'srt://server', 'http://', 'rtsp://', 'file://a/b'])
	test(`${input} is no input`, t => t.is(typeof check({input, output: 'a.ts'}), 'string'));
